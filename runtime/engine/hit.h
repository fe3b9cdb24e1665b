// A link matched an event: the small value between the matchers and the chain engine. Hits can be
// sorted, spilled, stored and sent elsewhere; nothing in them refers to the input.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chainhunt::engine {

/// What identifies a record, and how records are ordered. Two records with equal computer, log
/// (channel), record id, provider, event id and time are one record; without a record id never.
struct EventIdentity {
  std::int64_t time = 0;         ///< ticks of 100 ns since the Unix epoch
  std::string computer;          ///< key form of the host (first label, folded); may be empty
  std::string channel;           ///< folded
  bool has_record_id = false;
  std::uint64_t record_id = 0;
  std::string provider;          ///< folded
  std::string event_id;
  std::string digest;            ///< 16 bytes, XXH3-128 of the record's bytes
};

/// A captured value: its keys (none if missing; several if the field holds a list) and its text.
struct Captured {
  std::vector<std::string> keys; ///< canonical, see value::key_of
  std::string text;              ///< as the log spells it; lists joined by ", "
  std::vector<std::string> elements;  ///< of a list, as the log spells them; else empty
  bool present = false;
};

struct Hit {
  std::uint32_t link = 0;              ///< index into program::Program::links
  EventIdentity event;
  std::string shown_channel;           ///< as the log spells it
  std::string shown_computer;
  std::uint32_t source = 0;            ///< index of the input file
  std::uint64_t offset = 0;            ///< of the record in it
  std::vector<Captured> captures;      ///< parallel to program::Link::captures
};

}  // namespace chainhunt::engine
