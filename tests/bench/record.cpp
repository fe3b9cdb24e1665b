#include "tests/bench/record.h"

#include <charconv>

namespace chainhunt::bench {
namespace {

constexpr FieldKind k4688Fields[] = {
    {"SubjectUserSid", Wire::sid, "Creator Subject:|Security ID:"}, {"SubjectUserName", Wire::text, "Account Name:"},
    {"SubjectDomainName", Wire::text, "Account Domain:"}, {"SubjectLogonId", Wire::hex64, "Logon ID:"},
    {"NewProcessId", Wire::hex64, "Process Information:|New Process ID:"}, {"NewProcessName", Wire::text, "New Process Name:"},
    {"TokenElevationType", Wire::text, "Token Elevation Type:"}, {"ProcessId", Wire::hex64, "Creator Process ID:"},
    {"CommandLine", Wire::text, "Process Command Line:"}, {"TargetUserSid", Wire::sid, "Target Subject:|Security ID:"},
    {"TargetUserName", Wire::text, "Account Name:"}, {"TargetDomainName", Wire::text, "Account Domain:"},
    {"TargetLogonId", Wire::hex64, "Logon ID:"}, {"ParentProcessName", Wire::text, "Creator Process Name:"},
    {"MandatoryLabel", Wire::sid, "Mandatory Label:"}};
constexpr FieldKind k4624Fields[] = {
    {"SubjectUserSid", Wire::sid, "Subject:|Security ID:"}, {"SubjectUserName", Wire::text, "Account Name:"},
    {"SubjectDomainName", Wire::text, "Account Domain:"}, {"SubjectLogonId", Wire::hex64, "Logon ID:"},
    {"TargetUserSid", Wire::sid, "New Logon:|Security ID:"}, {"TargetUserName", Wire::text, "Account Name:"},
    {"TargetDomainName", Wire::text, "Account Domain:"}, {"TargetLogonId", Wire::hex64, "Logon ID:"},
    {"LogonType", Wire::uint32, "Logon Information:|Logon Type:"},
    {"LogonProcessName", Wire::text, "Detailed Authentication Information:|Logon Process:"},
    {"AuthenticationPackageName", Wire::text, "Authentication Package:"}, {"WorkstationName", Wire::text, "Network Information:|Workstation Name:"},
    {"LogonGuid", Wire::guid, "Logon GUID:"}, {"TransmittedServices"}, {"LmPackageName", Wire::text, "Package Name (NTLM only):"},
    {"KeyLength", Wire::uint32, "Key Length:"}, {"ProcessId", Wire::hex64, "Process Information:|Process ID:"},
    {"ProcessName", Wire::text, "Process Name:"}, {"IpAddress", Wire::text, "Source Network Address:"}, {"IpPort", Wire::text, "Source Port:"},
    {"ImpersonationLevel", Wire::text, "Impersonation Level:"}, {"RestrictedAdminMode"}, {"TargetOutboundUserName"},
    {"TargetOutboundDomainName"}, {"VirtualAccount", Wire::text, "Virtual Account:"}, {"TargetLinkedLogonId", Wire::hex64, "Linked Logon ID:"},
    {"ElevatedToken", Wire::text, "Elevated Token:"}};
constexpr FieldKind k4634Fields[] = {
    {"TargetUserSid", Wire::sid, "Subject:|Security ID:"}, {"TargetUserName", Wire::text, "Account Name:"},
    {"TargetDomainName", Wire::text, "Account Domain:"}, {"TargetLogonId", Wire::hex64, "Logon ID:"},
    {"LogonType", Wire::uint32, "Logon Type:"}};
constexpr FieldKind k4672Fields[] = {
    {"SubjectUserSid", Wire::sid, "Subject:|Security ID:"}, {"SubjectUserName", Wire::text, "Account Name:"},
    {"SubjectDomainName", Wire::text, "Account Domain:"}, {"SubjectLogonId", Wire::hex64, "Logon ID:"},
    {"PrivilegeList", Wire::text, "Privileges:"}};
constexpr FieldKind k5145Fields[] = {
    {"SubjectUserSid", Wire::sid, "Subject:|Security ID:"}, {"SubjectUserName", Wire::text, "Account Name:"},
    {"SubjectDomainName", Wire::text, "Account Domain:"}, {"SubjectLogonId", Wire::hex64, "Logon ID:"},
    {"ObjectType", Wire::text, "Network Information:|Object Type:"}, {"IpAddress", Wire::text, "Source Address:"},
    {"IpPort", Wire::text, "Source Port:"}, {"ShareName", Wire::text, "Share Information:|Share Name:"},
    {"ShareLocalPath", Wire::text, "Share Path:"}, {"RelativeTargetName", Wire::text, "Relative Target Name:"},
    {"AccessMask", Wire::hex32, "Access Request Information:|Access Mask:"}, {"AccessList", Wire::text, "Accesses:"}, {"AccessReason"}};
constexpr FieldKind k5140Fields[] = {
    {"SubjectUserSid", Wire::sid, "Subject:|Security ID:"}, {"SubjectUserName", Wire::text, "Account Name:"},
    {"SubjectDomainName", Wire::text, "Account Domain:"}, {"SubjectLogonId", Wire::hex64, "Logon ID:"},
    {"ObjectType", Wire::text, "Network Information:|Object Type:"}, {"IpAddress", Wire::text, "Source Address:"},
    {"IpPort", Wire::text, "Source Port:"}, {"ShareName", Wire::text, "Share Information:|Share Name:"},
    {"ShareLocalPath", Wire::text, "Share Path:"}, {"AccessMask", Wire::hex32, "Access Request Information:|Access Mask:"},
    {"AccessList", Wire::text, "Accesses:"}};
constexpr FieldKind k4661Fields[] = {
    {"SubjectUserSid", Wire::sid, "Subject:|Security ID:"}, {"SubjectUserName", Wire::text, "Account Name:"},
    {"SubjectDomainName", Wire::text, "Account Domain:"}, {"SubjectLogonId", Wire::hex64, "Logon ID:"},
    {"ObjectServer", Wire::text, "Object:|Object Server:"}, {"ObjectType", Wire::text, "Object Type:"}, {"ObjectName", Wire::text, "Object Name:"},
    {"HandleId", Wire::hex64, "Handle ID:"}, {"TransactionId", Wire::guid, "Access Request Information:|Transaction ID:"},
    {"AccessList", Wire::text, "Accesses:"}, {"AccessMask", Wire::hex32, "Access Mask:"}, {"PrivilegeList"}, {"Properties"},
    {"RestrictedSidCount", Wire::uint32}, {"ProcessId", Wire::hex64, "Process Information:|Process ID:"},
    {"ProcessName", Wire::text, "Process Name:"}};
constexpr FieldKind k4663Fields[] = {
    {"SubjectUserSid", Wire::sid, "Subject:|Security ID:"}, {"SubjectUserName", Wire::text, "Account Name:"},
    {"SubjectDomainName", Wire::text, "Account Domain:"}, {"SubjectLogonId", Wire::hex64, "Logon ID:"},
    {"ObjectServer", Wire::text, "Object:|Object Server:"}, {"ObjectType", Wire::text, "Object Type:"}, {"ObjectName", Wire::text, "Object Name:"},
    {"HandleId", Wire::hex64, "Handle ID:"}, {"AccessList", Wire::text, "Access Request Information:|Accesses:"},
    {"AccessMask", Wire::hex32, "Access Mask:"}, {"ProcessId", Wire::hex64, "Process Information:|Process ID:"},
    {"ProcessName", Wire::text, "Process Name:"}, {"ResourceAttributes"}};
constexpr FieldKind k4656Fields[] = {
    {"SubjectUserSid", Wire::sid, "Subject:|Security ID:"}, {"SubjectUserName", Wire::text, "Account Name:"},
    {"SubjectDomainName", Wire::text, "Account Domain:"}, {"SubjectLogonId", Wire::hex64, "Logon ID:"},
    {"ObjectServer", Wire::text, "Object:|Object Server:"}, {"ObjectType", Wire::text, "Object Type:"}, {"ObjectName", Wire::text, "Object Name:"},
    {"HandleId", Wire::hex64, "Handle ID:"}, {"TransactionId", Wire::guid, "Access Request Information:|Transaction ID:"},
    {"AccessList", Wire::text, "Accesses:"}, {"AccessReason"}, {"AccessMask", Wire::hex32, "Access Mask:"}, {"PrivilegeList"},
    {"RestrictedSidCount", Wire::uint32}, {"ProcessId", Wire::hex64, "Process Information:|Process ID:"},
    {"ProcessName", Wire::text, "Process Name:"}, {"ResourceAttributes"}};
constexpr FieldKind k4698Fields[] = {
    {"SubjectUserSid", Wire::sid, "Subject:|Security ID:"}, {"SubjectUserName", Wire::text, "Account Name:"},
    {"SubjectDomainName", Wire::text, "Account Domain:"}, {"SubjectLogonId", Wire::hex64, "Logon ID:"},
    {"TaskName", Wire::text, "Task Information:|Task Name:"}, {"TaskContent", Wire::text, "Task Content:"}};
constexpr FieldKind k7045Fields[] = {
    {"ServiceName", Wire::text, "Service Name:"}, {"ImagePath", Wire::text, "Service File Name:"}, {"ServiceType", Wire::text, "Service Type:"},
    {"StartType", Wire::text, "Service Start Type:"}, {"AccountName", Wire::text, "Service Account:"}};
constexpr FieldKind kSysmon1Fields[] = {
    {"RuleName", Wire::text, "RuleName:"}, {"UtcTime", Wire::text, "UtcTime:"}, {"ProcessGuid", Wire::guid, "ProcessGuid:"},
    {"ProcessId", Wire::uint32, "ProcessId:"}, {"Image", Wire::text, "Image:"}, {"FileVersion", Wire::text, "FileVersion:"},
    {"Description", Wire::text, "Description:"}, {"Product", Wire::text, "Product:"}, {"Company", Wire::text, "Company:"},
    {"OriginalFileName", Wire::text, "OriginalFileName:"}, {"CommandLine", Wire::text, "CommandLine:"},
    {"CurrentDirectory", Wire::text, "CurrentDirectory:"}, {"User", Wire::text, "User:"}, {"LogonGuid", Wire::guid, "LogonGuid:"},
    {"LogonId", Wire::hex64, "LogonId:"}, {"TerminalSessionId", Wire::uint32, "TerminalSessionId:"},
    {"IntegrityLevel", Wire::text, "IntegrityLevel:"}, {"Hashes", Wire::text, "Hashes:"}, {"ParentProcessGuid", Wire::guid, "ParentProcessGuid:"},
    {"ParentProcessId", Wire::uint32, "ParentProcessId:"}, {"ParentImage", Wire::text, "ParentImage:"},
    {"ParentCommandLine", Wire::text, "ParentCommandLine:"}};
constexpr FieldKind kSysmon3Fields[] = {
    {"RuleName", Wire::text, "RuleName:"}, {"UtcTime", Wire::text, "UtcTime:"}, {"ProcessGuid", Wire::guid, "ProcessGuid:"},
    {"ProcessId", Wire::uint32, "ProcessId:"}, {"Image", Wire::text, "Image:"}, {"User", Wire::text, "User:"},
    {"Protocol", Wire::text, "Protocol:"}, {"Initiated", Wire::text, "Initiated:"}, {"SourceIsIpv6", Wire::text, "SourceIsIpv6:"},
    {"SourceIp", Wire::text, "SourceIp:"}, {"SourceHostname", Wire::text, "SourceHostname:"}, {"SourcePort", Wire::uint32, "SourcePort:"},
    {"SourcePortName", Wire::text, "SourcePortName:"}, {"DestinationIsIpv6", Wire::text, "DestinationIsIpv6:"},
    {"DestinationIp", Wire::text, "DestinationIp:"}, {"DestinationHostname", Wire::text, "DestinationHostname:"},
    {"DestinationPort", Wire::uint32, "DestinationPort:"}, {"DestinationPortName", Wire::text, "DestinationPortName:"}};
constexpr FieldKind kSysmon7Fields[] = {
    {"RuleName", Wire::text, "RuleName:"}, {"UtcTime", Wire::text, "UtcTime:"}, {"ProcessGuid", Wire::guid, "ProcessGuid:"},
    {"ProcessId", Wire::uint32, "ProcessId:"}, {"Image", Wire::text, "Image:"}, {"ImageLoaded", Wire::text, "ImageLoaded:"},
    {"FileVersion", Wire::text, "FileVersion:"}, {"Description", Wire::text, "Description:"}, {"Product", Wire::text, "Product:"},
    {"Company", Wire::text, "Company:"}, {"OriginalFileName", Wire::text, "OriginalFileName:"}, {"Hashes", Wire::text, "Hashes:"},
    {"Signed", Wire::text, "Signed:"}, {"Signature", Wire::text, "Signature:"}, {"SignatureStatus", Wire::text, "SignatureStatus:"},
    {"User", Wire::text, "User:"}};
constexpr FieldKind kSysmon11Fields[] = {
    {"RuleName", Wire::text, "RuleName:"}, {"UtcTime", Wire::text, "UtcTime:"}, {"ProcessGuid", Wire::guid, "ProcessGuid:"},
    {"ProcessId", Wire::uint32, "ProcessId:"}, {"Image", Wire::text, "Image:"}, {"TargetFilename", Wire::text, "TargetFilename:"},
    {"CreationUtcTime", Wire::text, "CreationUtcTime:"}, {"User", Wire::text, "User:"}};
constexpr FieldKind kSysmon13Fields[] = {
    {"RuleName", Wire::text, "RuleName:"}, {"EventType", Wire::text, "EventType:"}, {"UtcTime", Wire::text, "UtcTime:"},
    {"ProcessGuid", Wire::guid, "ProcessGuid:"}, {"ProcessId", Wire::uint32, "ProcessId:"}, {"Image", Wire::text, "Image:"},
    {"TargetObject", Wire::text, "TargetObject:"}, {"Details", Wire::text, "Details:"}, {"User", Wire::text, "User:"}};

}  // namespace

const ChannelKind kChannelKinds[kChannels] = {
    {"Security", "Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}", 0x8020000000000000, "Security"},
    {"System", "Service Control Manager", "{555908D1-A6D7-4695-8E1E-26931D2012F4}", 0x8080000000000000, "System"},
    {"Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}", 0x8000000000000000, "Sysmon"},
};

const EventKind kEventKinds[kKinds] = {
    {Channel::security, 4688, 2, 13312, "Process Creation", "A new process has been created.", k4688Fields},
    {Channel::security, 4624, 2, 12544, "Logon", "An account was successfully logged on.", k4624Fields},
    {Channel::security, 4634, 0, 12545, "Logoff", "An account was logged off.", k4634Fields},
    {Channel::security, 4672, 0, 12548, "Special Logon", "Special privileges assigned to new logon.", k4672Fields},
    {Channel::security, 5145, 0, 12811, "Detailed File Share",
     "A network share object was checked to see whether client can be granted desired access.", k5145Fields},
    {Channel::security, 5140, 1, 12808, "File Share", "A network share object was accessed.", k5140Fields},
    {Channel::security, 4661, 0, 12803, "SAM", "A handle to an object was requested.", k4661Fields},
    {Channel::security, 4663, 1, 12800, "File System", "An attempt was made to access an object.", k4663Fields},
    {Channel::security, 4656, 1, 12800, "File System", "A handle to an object was requested.", k4656Fields},
    {Channel::security, 4698, 0, 12804, "Other Object Access Events", "A scheduled task was created.", k4698Fields},
    {Channel::system, 7045, 0, 0, "None", "A service was installed in the system.", k7045Fields},
    {Channel::sysmon, 1, 5, 1, "Process Create (rule: ProcessCreate)", "Process Create:", kSysmon1Fields},
    {Channel::sysmon, 3, 5, 3, "Network connection detected (rule: NetworkConnect)", "Network connection detected:", kSysmon3Fields},
    {Channel::sysmon, 7, 3, 7, "Image loaded (rule: ImageLoad)", "Image loaded:", kSysmon7Fields},
    {Channel::sysmon, 11, 2, 11, "File created (rule: FileCreate)", "File created:", kSysmon11Fields},
    {Channel::sysmon, 13, 2, 13, "Registry value set (rule: RegistryEvent)", "Registry value set:", kSysmon13Fields},
};

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void append_hex(std::string& out, std::uint64_t value, int digits) {
  char text[16];
  const auto end = std::to_chars(text, text + sizeof text, value, 16).ptr;
  for (int i = static_cast<int>(end - text); i < digits; ++i) out.push_back('0');
  out.append(text, end);
}

void Record::add_number(std::uint64_t value) {
  append_number(text, value);
  end();
}

void Record::add_hex(std::uint64_t value) {
  text += "0x";
  append_hex(text, value);
  end();
}

namespace {
void append_padded(std::string& out, std::uint64_t value, int digits) {
  char text[20];
  for (int i = digits; i-- > 0; value /= 10) text[i] = static_cast<char>('0' + value % 10);
  out.append(text, static_cast<std::size_t>(digits));
}
}  // namespace

void append_time(std::string& out, std::int64_t ticks, int digits, char between) {
  constexpr std::int64_t kSecond = 10'000'000, kDay = 86'400 * kSecond;
  // Times before 1970 are not generated.
  const std::int64_t days = ticks / kDay, of_day = ticks % kDay;
  // Civil date from days (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  const std::int64_t z = days + 719'468, era = z / 146'097, doe = z - era * 146'097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153, day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
  const std::int64_t year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  append_padded(out, static_cast<std::uint64_t>(year), 4);
  out.push_back('-');
  append_padded(out, static_cast<std::uint64_t>(month), 2);
  out.push_back('-');
  append_padded(out, static_cast<std::uint64_t>(day), 2);
  out.push_back(between);
  const std::int64_t seconds = of_day / kSecond;
  append_padded(out, static_cast<std::uint64_t>(seconds / 3600), 2);
  out.push_back(':');
  append_padded(out, static_cast<std::uint64_t>(seconds / 60 % 60), 2);
  out.push_back(':');
  append_padded(out, static_cast<std::uint64_t>(seconds % 60), 2);
  if (digits == 0) return;
  out.push_back('.');
  std::int64_t fraction = of_day % kSecond;
  for (int i = digits; i < 7; ++i) fraction /= 10;
  append_padded(out, static_cast<std::uint64_t>(fraction), digits);
}

}  // namespace chainhunt::bench
