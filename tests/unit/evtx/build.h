// Events and files for the tests, made with the writer.
#pragma once

#include <gtest/gtest.h>

#include "runtime/evtx/writer.h"

namespace chainhunt::evtx::testing {

inline constexpr std::int64_t kNoon = 15'778'800'000'000'000;  // 2020-01-01T12:00:00Z

inline Event share_event(std::uint32_t mask, std::string name = "windows\\x.bat") {
  Event event;
  event.provider = "Microsoft-Windows-Security-Auditing";
  event.provider_guid = "{54849625-5478-4994-A5BA-3E3B0328C30D}";
  event.channel = "Security";
  event.computer = "FS01.corp.example";
  event.code = 5145;
  event.task = 12811;
  event.keywords = 0x8020000000000000;
  event.time = kNoon;
  event.process_id = 4;
  event.thread_id = 88;
  event.data = {{"SubjectUserName", text("alice")}, {"SubjectLogonId", hex64(0x3e7)}, {"ShareName", text("\\\\*\\C$")},
                {"RelativeTargetName", text(name)}, {"AccessMask", hex32(mask)}};
  return event;
}

inline std::string file_of(const std::vector<Event>& events) {
  Writer writer;
  for (const Event& event : events) {
    const auto added = writer.add(event);
    EXPECT_TRUE(added.ok()) << (added.ok() ? "" : added.error().message);
  }
  return writer.finish();
}

}  // namespace chainhunt::evtx::testing
