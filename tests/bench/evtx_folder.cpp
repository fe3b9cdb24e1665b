#include "tests/bench/evtx_folder.h"

#include <charconv>
#include <fstream>

namespace chainhunt::bench {
namespace {

std::uint64_t parsed(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

Result<evtx::Encoded> encoded(Wire wire, std::string_view text) {
  switch (wire) {
    case Wire::text: return evtx::text(text);
    case Wire::sid: return evtx::sid(text);
    case Wire::guid: return evtx::guid(text);
    case Wire::hex32: return evtx::hex32(static_cast<std::uint32_t>(parsed(text)));
    case Wire::hex64: return evtx::hex64(parsed(text));
    case Wire::uint32: return evtx::number(evtx::Type::uint32, parsed(text));
  }
  return evtx::null_value();
}

}  // namespace

Result<void> EvtxFolder::add(const Record& record) {
  const EventKind& kind = record.what();
  const int channel = static_cast<int>(kind.channel);
  const ChannelKind& log = kChannelKinds[channel];
  computer_ = record.computer;
  event_.provider = log.provider;
  event_.provider_guid = log.guid;
  event_.channel = log.name;
  event_.computer = company_.computers[record.computer].name;
  event_.user_sid = kind.channel == Channel::sysmon ? "S-1-5-18" : "";
  event_.code = kind.code;
  event_.qualifiers = kind.channel == Channel::system ? 16'384 : 0;
  event_.version = kind.version;
  event_.level = kind.channel == Channel::security ? 0 : 4;
  event_.task = kind.task;
  event_.keywords = log.keywords;
  event_.time = record.time;
  event_.record_id = record.record_id;
  event_.process_id = record.process_id;
  event_.thread_id = record.thread_id;
  event_.data.resize(record.count);
  for (std::size_t i = 0; i < record.count; ++i) {
    event_.data[i].name = kind.fields[i].name;
    auto value = encoded(kind.fields[i].wire, record.value(i));
    if (!value) return value.error();
    event_.data[i].value = std::move(*value);
  }
  if (auto added = logs_[channel].writer.add(event_); !added) return added;
  if (logs_[channel].writer.bytes() < file_bytes_) return {};
  return save(channel);
}

Result<void> EvtxFolder::save(int channel) {
  Log& log = logs_[channel];
  std::string name = folder_ + "/" + company_.computers[computer_].short_name + "_" + kChannelKinds[channel].short_name;
  if (log.part++ > 0) name += "_" + std::to_string(log.part);
  name += ".evtx";
  const std::string bytes = log.writer.finish();
  std::ofstream file(name, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return Error{"cannot write " + name};
  bytes_ += bytes.size();
  ++files_;
  return {};
}

Result<void> EvtxFolder::finish_computer() {
  for (int channel = 0; channel < kChannels; ++channel) {
    if (logs_[channel].writer.records() > 0) {
      if (auto saved = save(channel); !saved) return saved;
    }
    logs_[channel].part = 0;
  }
  return {};
}

}  // namespace chainhunt::bench
