// Writes the shipped sample logs: an invented evening in an invented company, in EVTX as Windows writes it.
//
//   write_samples FOLDER        writes FOLDER/*.evtx; the committed ones are in rules/friday_fun/samples
//
// Nothing in them comes from a real log. Two people and a machine do harmless things; at 18:40 somebody
// with eve's password looks around from 10.0.7.23, copies a file, leaves a job and reads hashes.
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "runtime/evtx/writer.h"

namespace {

using namespace chainhunt::evtx;

/// 2024-05-03T00:00:00Z, a Friday, in ticks of 100 ns since 1970.
constexpr std::int64_t kDay = 17'146'944'000'000'000;

std::int64_t at(int hour, int minute, int second, int millisecond = 0) {
  return kDay + ((hour * 60LL + minute) * 60 + second) * 10'000'000 + millisecond * 10'000;
}

class Log {
 public:
  Log(std::string channel, std::string provider, std::string guid, std::string computer)
      : channel_(std::move(channel)), provider_(std::move(provider)), guid_(std::move(guid)), computer_(std::move(computer)) {}

  void add(std::int64_t time, std::uint16_t code, std::uint16_t task, std::vector<NamedValue> data) {
    Event event;
    event.provider = provider_;
    event.provider_guid = guid_;
    event.channel = channel_;
    event.computer = computer_;
    event.code = code;
    event.task = task;
    event.keywords = 0x8020000000000000;
    event.time = time;
    event.process_id = 4;
    event.thread_id = 1234;
    event.data = std::move(data);
    const auto added = writer_.add(event);
    if (!added.ok()) {
      std::fprintf(stderr, "write_samples: %s\n", added.error().message.c_str());
      std::exit(1);
    }
  }

  void save(const std::string& path) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << writer_.finish();
  }

 private:
  std::string channel_, provider_, guid_, computer_;
  Writer writer_;
};

std::vector<NamedValue> share_access(const char* user, const char* ip, const char* share, const char* file, std::uint32_t mask) {
  return {{"SubjectUserSid", *sid("S-1-5-21-111-222-333-1104")}, {"SubjectUserName", text(user)}, {"SubjectDomainName", text("CORP")},
          {"SubjectLogonId", hex64(0x5a1c2)}, {"ObjectType", text("File")}, {"IpAddress", text(ip)}, {"IpPort", text("50656")},
          {"ShareName", text(share)}, {"ShareLocalPath", text("")}, {"RelativeTargetName", text(file)}, {"AccessMask", hex32(mask)},
          {"AccessList", text("%%4416\r\n\t\t\t\t")}, {"AccessReason", text("-")}};
}

std::vector<NamedValue> logon(const char* user, const char* ip, std::uint32_t type) {
  return {{"SubjectUserSid", *sid("S-1-0-0")}, {"SubjectUserName", text("-")}, {"TargetUserSid", *sid("S-1-5-21-111-222-333-1104")},
          {"TargetUserName", text(user)}, {"TargetDomainName", text("CORP")}, {"TargetLogonId", hex64(0x5a1c2)},
          {"LogonType", number(Type::uint32, type)}, {"LogonProcessName", text("NtLmSsp ")}, {"WorkstationName", text("WS07")},
          {"IpAddress", text(ip)}, {"IpPort", text("50655")}};
}

std::vector<NamedValue> process(const char* user, const char* image, const char* line) {
  return {{"SubjectUserSid", *sid("S-1-5-21-111-222-333-1104")}, {"SubjectUserName", text(user)}, {"SubjectDomainName", text("CORP")},
          {"SubjectLogonId", hex64(0x5a1c2)}, {"NewProcessId", hex64(0x1a4)}, {"NewProcessName", text(image)},
          {"TokenElevationType", text("%%1936")}, {"ProcessId", hex64(0x8c)}, {"CommandLine", text(line)}};
}

std::vector<NamedValue> sam_read(const char* user, const char* type, const char* object, std::uint32_t mask) {
  return {{"SubjectUserSid", *sid("S-1-5-21-111-222-333-1104")}, {"SubjectUserName", text(user)}, {"SubjectDomainName", text("CORP")},
          {"ObjectServer", text("Security Account Manager")}, {"ObjectType", text(type)}, {"ObjectName", text(object)},
          {"AccessMask", hex32(mask)}, {"ProcessName", text("C:\\Windows\\System32\\lsass.exe")}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_samples FOLDER\n");
    return 3;
  }
  const std::string folder = argv[1];
  const char* provider = "Microsoft-Windows-Security-Auditing";
  const char* guid = "{54849625-5478-4994-A5BA-3E3B0328C30D}";
  const char* intruder = "10.0.7.23";

  Log dc("Security", provider, guid, "DC01.corp.example");
  Log fs("Security", provider, guid, "FS01.corp.example");
  Log ws("Security", provider, guid, "WS07.corp.example");

  // An ordinary day: logons, files read by Explorer, an administrator at work.
  for (int hour = 8; hour < 18; ++hour) {
    dc.add(at(hour, 2, 11), 4624, 12544, logon("WS07$", "10.0.7.23", 3));
    fs.add(at(hour, 5, 0), 4624, 12544, logon("anna", "10.0.7.31", 3));
    fs.add(at(hour, 5, 1), 5145, 12811, share_access("anna", "10.0.7.31", "\\\\*\\reports", "2024\\may.xlsx", 0x100081));
    ws.add(at(hour, 10, 0), 4688, 13312, process("anna", "C:\\Windows\\System32\\notepad.exe", "notepad.exe may.txt"));
  }
  ws.add(at(11, 30, 0), 4688, 13312, process("admin", "C:\\Windows\\System32\\ipconfig.exe", "ipconfig /all"));
  fs.add(at(14, 0, 0), 4698, 12804, {{"SubjectUserName", text("SYSTEM")}, {"TaskName", text("\\Vendor\\Update")}});

  // 18:40: four tools within half a minute on the workstation …
  ws.add(at(18, 40, 2), 4688, 13312, process("eve", "C:\\Windows\\System32\\whoami.exe", "whoami /all"));
  ws.add(at(18, 40, 9), 4688, 13312, process("eve", "C:\\Windows\\System32\\net.exe", "net group \"Domain Admins\" /domain"));
  ws.add(at(18, 40, 15), 4688, 13312, process("eve", "C:\\Windows\\System32\\netstat.exe", "netstat -ano"));
  ws.add(at(18, 40, 21), 4688, 13312, process("eve", "C:\\Windows\\System32\\ipconfig.exe", "ipconfig /all"));
  // … which the domain controller sees as reads of its administrators …
  dc.add(at(18, 40, 9, 120), 4624, 12544, logon("eve", intruder, 3));
  dc.add(at(18, 40, 9, 450), 4661, 12803, sam_read("eve", "SAM_GROUP", "S-1-5-21-111-222-333-512", 0x2d));
  dc.add(at(18, 40, 33), 4661, 12803, sam_read("eve", "SAM_USER", "S-1-5-21-111-222-333-500", 0x20094));
  // … then sessions are asked for everywhere.
  dc.add(at(18, 42, 0), 5145, 12811, share_access("eve", intruder, "\\\\*\\IPC$", "srvsvc", 0x12019f));
  ws.add(at(18, 42, 1), 5145, 12811, share_access("eve", intruder, "\\\\*\\IPC$", "srvsvc", 0x12019f));
  fs.add(at(18, 42, 1, 800), 4624, 12544, logon("eve", intruder, 3));
  fs.add(at(18, 42, 2), 5145, 12811, share_access("eve", intruder, "\\\\*\\IPC$", "srvsvc", 0x12019f));
  // A file is copied to the file server, across a second; a job will run it.
  fs.add(at(18, 45, 29, 992), 5145, 12811, share_access("eve", intruder, "\\\\*\\C$", "windows\\clean.bat", 0x100180));
  fs.add(at(18, 45, 30, 1), 5145, 12811, share_access("eve", intruder, "\\\\*\\C$", "windows\\clean.bat", 0x80));
  fs.add(at(18, 45, 30, 10), 5145, 12811, share_access("eve", intruder, "\\\\*\\C$", "windows\\clean.bat", 0x130197));
  fs.add(at(18, 46, 12), 4698, 12804, {{"SubjectUserName", text("eve")}, {"SubjectDomainName", text("CORP")}, {"TaskName", text("\\At1")}});
  fs.add(at(18, 46, 30), 5145, 12811, share_access("eve", intruder, "\\\\*\\IPC$", "atsvc", 0x12019f));
  // Hashes are read on the file server, and carried home.
  fs.add(at(18, 51, 0), 4656, 12800,
         {{"SubjectUserName", text("eve")}, {"SubjectDomainName", text("CORP")}, {"ObjectServer", text("Security Account Manager")},
          {"ObjectType", text("SAM_DOMAIN")}, {"ObjectName", text("FS01")}, {"AccessMask", hex32(0x705)},
          {"ProcessName", text("C:\\Windows\\System32\\lsass.exe")}});
  fs.add(at(18, 52, 40, 100), 5145, 12811, share_access("eve", intruder, "\\\\*\\C$", "windows\\out.txt", 0x100081));
  fs.add(at(18, 52, 40, 101), 5145, 12811, share_access("eve", intruder, "\\\\*\\C$", "windows\\out.txt", 0x80));
  fs.add(at(18, 52, 40, 112), 5145, 12811, share_access("eve", intruder, "\\\\*\\C$", "windows\\out.txt", 0x120089));

  dc.save(folder + "/DC01_Security.evtx");
  fs.save(folder + "/FS01_Security.evtx");
  ws.save(folder + "/WS07_Security.evtx");
  return 0;
}
