#include "tests/bench/traffic.h"

#include <algorithm>

namespace chainhunt::bench {
namespace {

/// How often a kind occurs on a computer of a role, in ten-thousandths of its records.
struct Share { std::uint32_t of[kRoles]; };
constexpr Share kShares[kKinds] = {
    /* 4688 */ {{100, 600, 2500}}, /* 4624 */ {{3000, 1600, 300}}, /* 4634 */ {{2800, 1500, 250}}, /* 4672 */ {{600, 600, 200}},
    /* 5145 */ {{1600, 2750, 0}}, /* 5140 */ {{700, 600, 0}}, /* 4661 */ {{400, 0, 0}}, /* 4663 */ {{0, 700, 100}},
    /* 4656 */ {{94, 500, 200}}, /* 4698 */ {{3, 5, 5}}, /* 7045 */ {{3, 5, 5}}, /* Sysmon 1 */ {{100, 350, 2040}},
    /* 3 */ {{400, 350, 1300}}, /* 7 */ {{50, 200, 1500}}, /* 11 */ {{50, 120, 800}}, /* 13 */ {{100, 120, 800}}};

constexpr std::uint32_t total(int role) {
  std::uint32_t sum = 0;
  for (const Share& share : kShares) sum += share.of[role];
  return sum;
}
static_assert(total(0) == 10'000 && total(1) == 10'000 && total(2) == 10'000);

/// A program: a fixed command line, and how one with changing parts begins.
struct Program {
  std::string_view path;
  std::string_view line;
  std::string_view begins;
  std::string_view description;
};
/// Programs of every day first, then tools that administrators and attackers share.
constexpr Program kPrograms[] = {
    {"C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s BITS",
     "C:\\Windows\\system32\\svchost.exe -k LocalServiceNetworkRestricted -p -s ", "Host Process for Windows Services"},
    {"C:\\Windows\\System32\\taskhostw.exe", "taskhostw.exe", "taskhostw.exe ", "Host Process for Windows Tasks"},
    {"C:\\Windows\\System32\\backgroundTaskHost.exe", "\"C:\\Windows\\system32\\backgroundTaskHost.exe\" -ServerName:App.AppXmtcan0h2tfbfy.mca",
     "\"C:\\Windows\\system32\\backgroundTaskHost.exe\" -ServerName:", "Background Task Host"},
    {"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe", "\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\" --type=crashpad-handler",
     "\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\" --type=renderer --lang=en-US --device-scale-factor=1 --field-trial-handle=", "Google Chrome"},
    {"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE", "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE\" -Embedding",
     "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE\" /n \"C:\\Users\\Public\\Documents\\report ", "Microsoft Word"},
    {"C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.2304.8-0\\MpCmdRun.exe",
     "\"C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.2304.8-0\\MpCmdRun.exe\" SpyNetServiceDss -RestrictPrivileges -Reinvoke",
     "\"C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.2304.8-0\\MpCmdRun.exe\" SignaturesUpdateService -UnmanagedUpdate -Id ",
     "Microsoft Malware Protection Command Line Utility"},
    {"C:\\Windows\\System32\\dllhost.exe", "C:\\Windows\\system32\\DllHost.exe /Processid:{3EB3C877-1F16-487C-9050-104DBCD66683}",
     "C:\\Windows\\system32\\DllHost.exe /Processid:", "COM Surrogate"},
    {"C:\\Windows\\System32\\SearchProtocolHost.exe", "\"C:\\Windows\\system32\\SearchProtocolHost.exe\" Global\\UsGthrFltPipeMssGthrPipe1_ Global\\UsGthrCtrlFltPipeMssGthrPipe1",
     "\"C:\\Windows\\system32\\SearchProtocolHost.exe\" Global\\UsGthrFltPipeMssGthrPipe_", "Microsoft Windows Search Protocol Host"},
    {"C:\\Windows\\System32\\conhost.exe", "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1", "\\??\\C:\\Windows\\system32\\conhost.exe 0x4 -Session ",
     "Console Window Host"},
    {"C:\\Windows\\System32\\cmd.exe", "C:\\Windows\\system32\\cmd.exe /c \"logon.cmd\"", "C:\\Windows\\system32\\cmd.exe /c \"C:\\Tools\\inventory.cmd ", "Windows Command Processor"},
    {"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", "powershell.exe -NoProfile -File C:\\Tools\\health.ps1",
     "powershell.exe -NoProfile -ExecutionPolicy RemoteSigned -File C:\\Tools\\sync.ps1 -Id ", "Windows PowerShell"},
    {"C:\\Windows\\System32\\ipconfig.exe", "ipconfig /all", "ipconfig /displaydns | find ", "IP Configuration Utility"},
    {"C:\\Windows\\System32\\reg.exe", "reg query HKLM\\SOFTWARE\\Corp", "reg add HKCU\\Software\\Corp /f /v Seen /d ", "Registry Console Tool"},
    {"C:\\Windows\\System32\\whoami.exe", "whoami /upn", "whoami /all /fo csv > C:\\Temp\\", "whoami - displays logged on user information"},
};
constexpr std::uint32_t kEveryday = 9;

constexpr std::string_view kFolders[] = {"Users\\Public\\", "Finance\\2024\\Q2\\", "Projects\\Atlas\\drawings\\", "HR\\contracts\\", "Sales\\offers\\may\\"};
constexpr std::string_view kEndings[] = {".xlsx", ".docx", ".pdf", ".txt", ".pptx", ".tmp", ".dwg"};
constexpr std::string_view kShareNames[] = {"\\\\*\\data", "\\\\*\\home", "\\\\*\\projects", "\\\\*\\software", "\\\\*\\scans"};
constexpr std::string_view kPipes[] = {"samr", "lsarpc", "netlogon", "wkssvc", "spoolss"};
constexpr std::string_view kLibraries[] = {"ntdll.dll", "kernel32.dll", "KernelBase.dll", "user32.dll", "advapi32.dll", "rpcrt4.dll", "combase.dll",
                                           "ws2_32.dll", "crypt32.dll", "bcrypt.dll", "ole32.dll", "shlwapi.dll", "winhttp.dll", "dnsapi.dll"};
constexpr std::string_view kRegistry[] = {
    "HKLM\\System\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\", "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\",
    "HKU\\S-1-5-21-3457937927-2839227994-823803824-1104\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist\\"};
constexpr std::string_view kPrivileges =
    "SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege\r\n\t\t\tSeRestorePrivilege\r\n\t\t\tSeTakeOwnershipPrivilege\r\n\t\t\tSeDebugPrivilege\r\n\t\t\t"
    "SeSystemEnvironmentPrivilege\r\n\t\t\tSeLoadDriverPrivilege\r\n\t\t\tSeImpersonatePrivilege";
constexpr std::string_view kServer2019 = "10.0.17763.1 (WinBuild.160101.0800)";
constexpr std::string_view kNobody = "S-1-0-0", kSystem = "S-1-5-18";

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('\\') + 1); }

}  // namespace

std::uint32_t Traffic::any_computer() {
  std::uint64_t at = random_.below(1000);
  int role = 0;
  while (at >= kRoleShare[role]) at -= kRoleShare[role++];
  return company_.first(static_cast<Role>(role)) + static_cast<std::uint32_t>(random_.below(company_.count[role]));
}

void Traffic::ordinary(Record& record, std::uint32_t computer, std::int64_t time) {
  const int role = static_cast<int>(company_.computers[computer].role);
  std::uint64_t at = random_.below(10'000);
  int kind = 0;
  while (at >= kShares[kind].of[role]) at -= kShares[kind++].of[role];
  if (mix_.process_starts > 0 && random_.below(1000) < mix_.process_starts) kind = random_.one_in(2) ? k4688 : kSysmon1;
  record.start(static_cast<Kind>(kind), computer, time);
  record.process_id = 4;
  record.thread_id = static_cast<std::uint32_t>(random_.between(100, 900) * 4);
  switch (record.kind) {
    case k4688: process_start(record, computer); break;
    case k4624: case k4634: case k4672: logon(record, computer); break;
    case k5145: case k5140: share(record, computer); break;
    case k4661: sam(record, computer); break;
    case k4663: case k4656: object(record, computer); break;
    case k4698: {
      std::uint32_t source = 0;
      const User& user = person_on(computer, source);
      std::string name = "\\Vendor\\Update-";
      append_hex(name, random_.below(0xffffff), 6);
      task_created(record, computer, time, user, name);
      break;
    }
    case k7045: service(record); break;
    case kSysmon1: case kSysmon3: case kSysmon7: case kSysmon11: case kSysmon13: sysmon(record, computer); break;
  }
}

const User& Traffic::person_on(std::uint32_t computer, std::uint32_t& source) {
  const auto& sources = company_.computers[computer].sources;
  source = sources.empty() ? computer % static_cast<std::uint32_t>(company_.sources.size()) : sources[random_.below(sources.size())];
  return company_.user_at(source, random_.next());
}

void Traffic::subject(Record& record, const User& user) {
  record.add(user.sid);
  record.add(user.name);
  record.add("CORP");
  record.add_hex(random_.between(0x10000, 0xffffffff));
}

void Traffic::subject_system(Record& record) {
  record.add(kSystem);
  record.text += company_.computers[record.computer].short_name;
  record.add("$");
  record.add("CORP");
  record.add_hex(0x3e7);
}

void Traffic::guid(Record& record) {
  const std::uint64_t a = random_.next(), b = random_.next();
  std::string& out = record.text;
  out.push_back('{');
  append_hex(out, a >> 32, 8);
  out.push_back('-');
  append_hex(out, a >> 16 & 0xffff, 4);
  out.push_back('-');
  append_hex(out, a & 0xffff, 4);
  out.push_back('-');
  append_hex(out, b >> 48, 4);
  out.push_back('-');
  append_hex(out, b & 0xffffffffffff, 12);
  out.push_back('}');
  record.end();
}

/// Tools are rare on servers and controllers, where people do not work.
std::uint32_t Traffic::program_on(std::uint32_t computer) {
  const bool tool = random_.one_in(company_.computers[computer].role == Role::workstation ? 12 : 1500);
  if (!tool) return static_cast<std::uint32_t>(random_.below(kEveryday));
  return kEveryday + static_cast<std::uint32_t>(random_.below(std::size(kPrograms) - kEveryday));
}

/// As many lines as the mix says have a part that does not come again.
void Traffic::command_line(std::string& out, std::uint32_t program) {
  if (random_.below(1000) < 1000 - mix_.distinct_command_lines) {
    out += kPrograms[program].line;
    return;
  }
  out += kPrograms[program].begins;
  append_hex(out, random_.next(), 16);
}

void Traffic::process_start(Record& record, std::uint32_t computer) {
  const std::uint32_t program = program_on(computer);
  std::uint32_t source = 0;
  if (random_.one_in(3)) subject_system(record);
  else subject(record, person_on(computer, source));
  record.add_hex(random_.between(0x100, 0x3fff) * 4);
  record.add(kPrograms[program].path);
  record.add("%%1936");
  record.add_hex(random_.between(0x100, 0x3fff) * 4);
  command_line(record.text, program);
  record.end();
  record.add(kNobody);
  record.add("-");
  record.add("-");
  record.add_hex(0);
  record.add(random_.one_in(2) ? "C:\\Windows\\explorer.exe" : "C:\\Windows\\System32\\services.exe");
  record.add(random_.one_in(2) ? "S-1-16-8192" : "S-1-16-16384");
}

void Traffic::network_logon(Record& record, std::uint32_t computer, std::int64_t time, const User& user, std::string_view address) {
  record.start(k4624, computer, time);
  record.add(kNobody);
  record.add("-");
  record.add("-");
  record.add_hex(0);
  subject(record, user);
  record.add_number(3);
  record.add("Kerberos");
  record.add("Kerberos");
  record.add("-");
  guid(record);
  record.add("-");
  record.add("-");
  record.add_number(0);
  record.add_hex(0);
  record.add("-");
  record.add(address);
  record.add_number(random_.between(49'152, 65'535));
  record.add("%%1833");
  record.add("-");
  record.add("-");
  record.add("-");
  record.add("%%1843");
  record.add_hex(0);
  record.add("%%1842");
}

void Traffic::logon(Record& record, std::uint32_t computer) {
  std::uint32_t source = 0;
  const User& user = person_on(computer, source);
  const bool local = company_.computers[computer].role == Role::workstation && !random_.one_in(20);
  if (record.kind == k4672) {
    subject(record, user);
    record.add(kPrivileges);
    return;
  }
  if (record.kind == k4634) {
    subject(record, user);
    record.add_number(local ? 2 : 3);
    return;
  }
  if (!local) {
    network_logon(record, computer, record.time, user, company_.sources[source]);
    return;
  }
  subject_system(record);
  subject(record, user);
  constexpr std::uint32_t kTypes[] = {2, 7, 11};
  record.add_number(kTypes[random_.below(3)]);
  record.add("User32 ");
  record.add("Negotiate");
  record.add(company_.computers[computer].short_name);
  guid(record);
  record.add("-");
  record.add("-");
  record.add_number(0);
  record.add_hex(random_.between(0x80, 0x400) * 4);
  record.add("C:\\Windows\\System32\\svchost.exe");
  record.add("127.0.0.1");
  record.add("0");
  record.add("%%1833");
  record.add("-");
  record.add("-");
  record.add("-");
  record.add("%%1843");
  record.add_hex(0);
  record.add("%%1842");
}

void Traffic::share_access(Record& record, std::uint32_t computer, std::int64_t time, const User& user, std::string_view address,
                           std::string_view share, std::string_view path, std::string_view file, std::uint32_t mask) {
  record.start(k5145, computer, time);
  subject(record, user);
  record.add("File");
  record.add(address);
  record.add_number(random_.between(49'152, 65'535));
  record.add(share);
  record.add(path);
  record.add(file);
  record.add_hex(mask);
  record.add("%%1538\r\n\t\t\t\t%%1541\r\n\t\t\t\t%%4423\r\n\t\t\t\t");
  record.add("-");
}

void Traffic::share(Record& record, std::uint32_t computer) {
  std::uint32_t source = 0;
  const User& user = person_on(computer, source);
  const std::string& address = company_.sources[source];
  const bool controller = company_.computers[computer].role == Role::controller;
  if (record.kind == k5140) {
    subject(record, user);
    record.add("File");
    record.add(address);
    record.add_number(random_.between(49'152, 65'535));
    record.add(random_.one_in(3) ? "\\\\*\\IPC$" : controller ? "\\\\*\\SYSVOL" : random_.of(kShareNames));
    record.add(controller ? "\\??\\C:\\Windows\\SYSVOL\\sysvol" : "\\??\\D:\\shares");
    record.add_hex(1);
    record.add("%%4416\r\n\t\t\t\t");
    return;
  }
  if (random_.one_in(controller ? 3 : 12)) {
    // Ordinary pipes; srvsvc only rarely, by the lower half of the sources, and each on one computer only.
    const bool sessions = source < company_.sources.size() / 2 && company_.computers[computer].sources.size() > 1 &&
                          source % company_.count[0] == computer && random_.one_in(300);
    share_access(record, computer, record.time, user, address, "\\\\*\\IPC$", "", sessions ? "srvsvc" : random_.of(kPipes),
                 sessions || random_.one_in(2) ? 0x12019f : 0x3);
    return;
  }
  if (!controller && random_.one_in(400)) {
    // An administrator looks into C$: none of the masks that only a copy leaves.
    share_access(record, computer, record.time, user, address, "\\\\*\\C$", "\\??\\C:\\", "Windows\\Logs\\setup.log", random_.one_in(2) ? 0x100081 : 0x100080);
    return;
  }
  std::string file(controller ? "corp.example\\Policies\\{31B2F340-016D-11D2-945F-00C04FB984F9}\\gpt" : random_.of(kFolders));
  if (!controller) {
    append_hex(file, random_.below(200'000), 5);
    file += random_.of(kEndings);
  } else {
    file += ".ini";
  }
  constexpr std::uint32_t kMasks[] = {0x100081, 0x80, 0x100080, 0x120089, 0x12019f, 0x17019f, 0x1};
  share_access(record, computer, record.time, user, address, controller ? "\\\\*\\SYSVOL" : random_.of(kShareNames),
               controller ? "\\??\\C:\\Windows\\SYSVOL\\sysvol" : "\\??\\D:\\shares", file, kMasks[random_.below(std::size(kMasks))]);
}

void Traffic::sam(Record& record, std::uint32_t computer) {
  std::uint32_t source = 0;
  subject(record, person_on(computer, source));
  record.add("Security Account Manager");
  if (random_.one_in(3)) {
    record.add("SAM_DOMAIN");
    record.add("DC=corp,DC=example");
  } else {
    record.add("SAM_USER");
    record.add(company_.users[random_.below(company_.users.size())].sid);
  }
  record.add_hex(random_.between(0x1'0000'0000, 0x2'0000'0000));
  record.add("{00000000-0000-0000-0000-000000000000}");
  record.add("%%5400\r\n\t\t\t\t%%5401\r\n\t\t\t\t");
  record.add_hex(random_.one_in(2) ? 0x2d : 0x211);
  record.add("Ā");  // Windows writes rubbish here
  record.add("-");
  record.add_number(0);
  record.add_hex(0x2a4);
  record.add("C:\\Windows\\System32\\lsass.exe");
}

void Traffic::object(Record& record, std::uint32_t computer) {
  std::uint32_t source = 0;
  subject(record, person_on(computer, source));
  record.add("Security");
  record.add("File");
  record.text += "D:\\shares\\";
  record.text += random_.of(kFolders);
  append_hex(record.text, random_.below(200'000), 5);
  record.add(random_.of(kEndings));
  record.add_hex(random_.between(0x100, 0x3ff) * 4);
  constexpr std::uint32_t kMasks[] = {0x1, 0x2, 0x6, 0x80, 0x120089, 0x10000};
  const std::uint32_t mask = kMasks[random_.below(std::size(kMasks))];
  if (record.kind == k4663) {
    record.add("%%4416\r\n\t\t\t\t");
    record.add_hex(mask);
  } else {
    record.add("{00000000-0000-0000-0000-000000000000}");
    record.add("%%1538\r\n\t\t\t\t%%4416\r\n\t\t\t\t%%4423\r\n\t\t\t\t");
    record.add("%%1538:\t%%1804\r\n\t\t\t\t%%4416:\t%%1801\tD:(A;ID;FA;;;BA)\r\n\t\t\t\t");
    record.add_hex(mask);
    record.add("-");
    record.add_number(0);
  }
  record.add_hex(random_.between(0x100, 0x3fff) * 4);
  record.add(kPrograms[random_.below(kEveryday)].path);
  record.add("-");
}

void Traffic::task_created(Record& record, std::uint32_t computer, std::int64_t time, const User& user, std::string_view name) {
  record.start(k4698, computer, time);
  subject(record, user);
  record.add(name);
  std::string& out = record.text;
  out += "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n"
         "  <RegistrationInfo>\r\n    <URI>";
  out += name;
  record.add("</URI>\r\n  </RegistrationInfo>\r\n  <Principals>\r\n    <Principal id=\"LocalSystem\">\r\n      <UserId>S-1-5-18</UserId>\r\n    </Principal>\r\n"
             "  </Principals>\r\n  <Actions Context=\"LocalSystem\">\r\n    <Exec>\r\n      <Command>C:\\Program Files\\Vendor\\update.exe</Command>\r\n"
             "    </Exec>\r\n  </Actions>\r\n</Task>");
}

void Traffic::service(Record& record) {
  record.text += "Vendor Update Service ";
  append_hex(record.text, random_.below(0xffff), 4);
  record.end();
  record.add("\"C:\\Program Files\\Vendor\\update.exe\" /service");
  record.add("user mode service");
  record.add("auto start");
  record.add("LocalSystem");
}

void Traffic::hashes(Record& record) {
  std::string& out = record.text;
  // Programs differ by computer and version; the same few thousand hashes come again.
  const std::uint64_t file = mixed(random_.below(5000));
  out += "MD5=";
  for (int i = 0; i < 2; ++i) append_hex(out, mixed(file + static_cast<std::uint64_t>(i)), 16);
  out += ",SHA256=";
  for (int i = 2; i < 6; ++i) append_hex(out, mixed(file + static_cast<std::uint64_t>(i)), 16);
  out += ",IMPHASH=";
  for (int i = 6; i < 8; ++i) append_hex(out, mixed(file + static_cast<std::uint64_t>(i)), 16);
  record.end();
}

void Traffic::sysmon(Record& record, std::uint32_t computer) {
  std::uint32_t source = 0;
  const User& user = person_on(computer, source);
  const std::uint32_t program = program_on(computer);
  record.process_id = 3384;
  record.add("-");
  if (record.kind == kSysmon13) record.add("SetValue");
  append_time(record.text, record.time, 3, ' ');
  record.end();
  guid(record);
  record.add_number(random_.between(0x100, 0x3fff) * 4);
  record.add(kPrograms[program].path);
  const auto account = [&] {
    record.text += "CORP\\";
    record.add(user.name);
  };
  switch (record.kind) {
    case kSysmon1:
      record.add(kServer2019);
      record.add(kPrograms[program].description);
      record.add("Microsoft® Windows® Operating System");
      record.add("Microsoft Corporation");
      record.add(file_name(kPrograms[program].path));
      command_line(record.text, program);
      record.end();
      record.add("C:\\Windows\\system32\\");
      account();
      guid(record);
      record.add_hex(random_.between(0x10000, 0xffffffff));
      record.add_number(random_.below(3));
      record.add(random_.one_in(2) ? "Medium" : "System");
      hashes(record);
      guid(record);
      record.add_number(random_.between(0x100, 0x3fff) * 4);
      record.add("C:\\Windows\\System32\\services.exe");
      record.add("C:\\Windows\\system32\\services.exe");
      break;
    case kSysmon3:
      account();
      record.add("tcp");
      record.add("true");
      record.add("false");
      record.add(company_.sources[source]);
      record.add(company_.computers[computer].name);
      record.add_number(random_.between(49'152, 65'535));
      record.add("-");
      record.add("false");
      record.text += "10.30.";
      append_number(record.text, random_.below(4));
      record.text += ".";
      append_number(record.text, random_.below(250));
      record.end();
      record.add("-");
      record.add_number(random_.one_in(3) ? 445 : 443);
      record.add("https");
      break;
    case kSysmon7:
      record.text += "C:\\Windows\\System32\\";
      record.add(random_.of(kLibraries));
      record.add(kServer2019);
      record.add("Windows library");
      record.add("Microsoft® Windows® Operating System");
      record.add("Microsoft Corporation");
      record.add("library.dll");
      hashes(record);
      record.add("true");
      record.add("Microsoft Windows");
      record.add("Valid");
      account();
      break;
    case kSysmon11:
      record.text += "C:\\Users\\";
      record.text += user.name;
      record.text += "\\AppData\\Local\\Temp\\";
      append_hex(record.text, random_.next() >> 20, 11);
      record.add(random_.of(kEndings));
      append_time(record.text, record.time, 3, ' ');
      record.end();
      account();
      break;
    default:
      record.text += random_.of(kRegistry);
      append_hex(record.text, random_.below(100'000), 8);
      record.add("\\LastSeen");
      record.text += "DWORD (0x";
      append_hex(record.text, random_.next() >> 32, 8);
      record.add(")");
      account();
      break;
  }
}

}  // namespace chainhunt::bench
