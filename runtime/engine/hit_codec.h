// A hit as bytes: what is sorted, spilled and stored. The bytes begin with a key whose order as bytes is
// the canonical order of hits (records.h), so that encoded hits are sorted and merged without decoding:
//
//   time, computer, channel, has_record_id, record_id, provider, event_id   the identity of the record
//   digest, source, offset                                                  which copy of it
//   link                                                                    which of its hits
//   shown_channel, shown_computer, captures                                 the rest, in no useful order
//   where the parts of the key and the captures are                         8 bytes, so that nobody searches
//
// No encoding is the beginning of another, and equal hits have equal bytes: comparing the whole breaks ties
// of the key by the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/engine/hit.h"

namespace chainhunt::engine {

/// Appends the hit's bytes. Any bytes may stand in its strings.
void encode(const Hit& hit, std::string& out);

/// The same into memory of the caller's: at most `most_bytes(hit)`; returns their end.
char* encode(const Hit& hit, char* out);
std::size_t most_bytes(const Hit& hit);

/// Reads what `encode` made, all of `bytes`. The strings and lists of `hit` are reused; after an error it
/// holds anything. An error names what is wrong and where, in bytes.
Result<void> decode(std::string_view bytes, Hit& hit);

/// Where the parts of a key end in the bytes that `encode` made.
struct KeyParts {
  std::uint32_t identity = 0;  ///< [0, identity): what identifies the record
  std::uint32_t digest = 0;    ///< [identity, digest)
  std::uint32_t place = 0;     ///< [digest, place): source and offset
  std::uint32_t key = 0;       ///< [place, key): the link
  std::uint32_t captures = 0;  ///< where the captures begin, behind the key and two texts
  bool has_record_id = false;
};

/// Constant work, but for hits whose key is longer than 32 KB. Of bytes that `encode` did not make, ends anywhere in them.
KeyParts key_parts(std::string_view bytes);

/// Only the hit's time, link and captures, `parts` being those of the bytes; the rest of `hit` stays what it was.
Result<void> decode_captures(std::string_view bytes, const KeyParts& parts, Hit& hit);

/// A capture's key where it has exactly one, without copying; nothing otherwise, and of bytes that `encode` did not make.
std::optional<std::string_view> single_key(std::string_view bytes, const KeyParts& parts, std::uint32_t capture);

/// The time of a hit whose first eight bytes are this number, highest byte first.
std::int64_t time_in(std::uint64_t order);
/// The link alone; of bytes that `encode` did not make, anything.
std::uint32_t link_in(std::string_view bytes, const KeyParts& parts);

}  // namespace chainhunt::engine
