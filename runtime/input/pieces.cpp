#include "runtime/input/pieces.h"

#include <poll.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace chainhunt::input {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr std::uint64_t kRatioFreeBytes = 64ull << 20;  // small files of zeros are no bombs

class FilePieces final : public Pieces {
 public:
  FilePieces(int descriptor, const std::atomic<bool>* stop) : descriptor_(descriptor), stop_(stop) {}
  std::size_t read(char* out, std::size_t size) override {
    for (;;) {
      if (stop_ != nullptr) {
        // A pipe may bring nothing for long.
        constexpr int kLookMs = 100;
        pollfd waiting{descriptor_, POLLIN, 0};
        while (!*stop_ && poll(&waiting, 1, kLookMs) == 0) {}
        if (*stop_) return 0;
      }
      const ssize_t got = ::read(descriptor_, out, size);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno == EINTR) continue;
      error_ = std::string("cannot read: ") + std::strerror(errno);
      return 0;
    }
  }
  const std::string& error() const override { return error_; }

 private:
  int descriptor_;
  const std::atomic<bool>* stop_;
  std::string error_;
};

class MemoryPieces final : public Pieces {
 public:
  MemoryPieces(std::string_view head, Pieces* rest) : head_(head), rest_(rest) {}
  std::size_t read(char* out, std::size_t size) override {
    if (head_.empty()) return rest_ ? rest_->read(out, size) : 0;
    const std::size_t count = std::min(size, head_.size());
    std::memcpy(out, head_.data(), count);
    head_.remove_prefix(count);
    return count;
  }
  const std::string& error() const override { return rest_ ? rest_->error() : none_; }

 private:
  std::string_view head_;
  Pieces* rest_;
  std::string none_;
};

/// What gzip and zstd share: a window of compressed bytes, the limits, the error.
class Expander : public Pieces {
 public:
  Expander(Pieces& compressed, const Limits& limits) : compressed_(compressed), limits_(limits), window_(kPieceBytes) {}
  const std::string& error() const override { return error_; }

 protected:
  /// More compressed bytes if the window is empty; false at their end.
  bool fill() {
    if (begin_ < end_) return true;
    begin_ = 0;
    end_ = compressed_.read(window_.data(), window_.size());
    in_ += end_;
    return end_ > 0;
  }
  std::size_t fail(std::string error) {
    done_ = true;
    error_ = compressed_.error().empty() ? std::move(error) : compressed_.error();
    return 0;
  }
  /// Counts what was written; the bytes that break a limit are not handed out.
  std::size_t hand_out(std::size_t count) {
    out_ += count;
    if (out_ > limits_.max_expanded_bytes) {
      return fail("expands to more than the limit of " + std::to_string(limits_.max_expanded_bytes) + " bytes");
    }
    if (out_ > kRatioFreeBytes && out_ / std::max<std::uint64_t>(limits_.max_expansion_ratio, 1) > in_) {
      return fail("expands to more than " + std::to_string(limits_.max_expansion_ratio) + " times its size");
    }
    return count;
  }

  Pieces& compressed_;
  const Limits& limits_;
  std::vector<char> window_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t in_ = 0;
  std::uint64_t out_ = 0;
  bool done_ = false;
  std::string error_;
};

class GzipPieces final : public Expander {
 public:
  GzipPieces(Pieces& compressed, const Limits& limits) : Expander(compressed, limits) {
    constexpr int kGzipOnly = 15 + 16;
    ready_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~GzipPieces() override {
    if (ready_) inflateEnd(&stream_);
  }
  GzipPieces(const GzipPieces&) = delete;
  GzipPieces& operator=(const GzipPieces&) = delete;

  std::size_t read(char* out, std::size_t size) override {
    if (!ready_) return fail("zlib cannot start");
    size = std::min<std::size_t>(size, 1u << 30);
    while (!done_) {
      if (!fill()) {
        if (between_ && compressed_.error().empty()) {
          done_ = true;
          return 0;
        }
        return fail("gzip data end early");
      }
      if (between_ && !begin_member()) continue;
      stream_.next_in = reinterpret_cast<Bytef*>(window_.data() + begin_);
      stream_.avail_in = static_cast<uInt>(end_ - begin_);
      stream_.next_out = reinterpret_cast<Bytef*>(out);
      stream_.avail_out = static_cast<uInt>(size);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      begin_ = end_ - stream_.avail_in;
      const std::size_t count = size - stream_.avail_out;
      if (status == Z_STREAM_END) {
        between_ = true;
        if (inflateReset(&stream_) != Z_OK) return fail("zlib cannot start again");
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        // What came out before the damage is good.
        const std::string reason = std::string("gzip data are damaged: ") + (stream_.msg ? stream_.msg : "unknown");
        fail(reason);
        return count > 0 ? hand_out(count) : 0;
      }
      if (count > 0) return hand_out(count);
    }
    return 0;
  }

 private:
  /// Between members: zero padding is passed over, another member begins, anything else is an error.
  bool begin_member() {
    if (window_[begin_] == '\0' && members_ > 0) {
      ++begin_;
      return false;
    }
    if (window_[begin_] != '\x1f') {
      fail("there are bytes behind the gzip data");
      return false;
    }
    between_ = false;
    ++members_;
    return true;
  }

  z_stream stream_{};
  bool ready_ = false;
  bool between_ = true;
  std::uint64_t members_ = 0;
};

class ZstdPieces final : public Expander {
 public:
  ZstdPieces(Pieces& compressed, const Limits& limits) : Expander(compressed, limits), stream_(ZSTD_createDStream()) {}
  ~ZstdPieces() override { ZSTD_freeDStream(stream_); }
  ZstdPieces(const ZstdPieces&) = delete;
  ZstdPieces& operator=(const ZstdPieces&) = delete;

  std::size_t read(char* out, std::size_t size) override {
    if (!stream_) return fail("zstd cannot start");
    while (!done_) {
      // A frame may hold back output when the last buffer was full: try without new bytes first.
      if (!flushing_ && !fill()) {
        if (frame_done_ && compressed_.error().empty()) {
          done_ = true;
          return 0;
        }
        return fail("zstd data end early");
      }
      ZSTD_inBuffer in{window_.data() + begin_, end_ - begin_, 0};
      ZSTD_outBuffer to{out, size, 0};
      const std::size_t status = ZSTD_decompressStream(stream_, &to, &in);
      begin_ += in.pos;
      if (ZSTD_isError(status)) {
        fail(std::string("zstd data are damaged: ") + ZSTD_getErrorName(status));
        return to.pos > 0 ? hand_out(to.pos) : 0;
      }
      frame_done_ = status == 0;
      flushing_ = to.pos == to.size && !frame_done_;
      if (to.pos > 0) return hand_out(to.pos);
    }
    return 0;
  }

 private:
  ZSTD_DStream* stream_;
  bool frame_done_ = false;
  bool flushing_ = false;
};

class Utf16Pieces final : public Pieces {
 public:
  explicit Utf16Pieces(Pieces& text) : text_(text), window_(kPieceBytes) {}
  const std::string& error() const override { return text_.error(); }

  std::size_t read(char* out, std::size_t size) override {
    constexpr std::size_t kLongest = 4;
    std::size_t count = 0;
    // A caller with less room than one character gets it from the small buffer.
    while (held_begin_ < held_.size() && count < size) out[count++] = held_[held_begin_++];
    if (count > 0) return count;
    if (size < kLongest) {
      char small[kLongest];
      const std::size_t got = convert(small, kLongest);
      const std::size_t give = std::min(got, size);
      std::memcpy(out, small, give);
      held_.assign(small + give, got - give);
      held_begin_ = 0;
      return give;
    }
    return convert(out, size);
  }

 private:
  /// The next code unit, or -1.
  int unit() {
    if (end_ - begin_ < 2) {
      if (end_ - begin_ == 1) window_[0] = window_[begin_];
      end_ -= begin_;
      begin_ = 0;
      while (end_ < 2) {
        const std::size_t got = text_.read(window_.data() + end_, window_.size() - end_);
        if (got == 0) return -1;
        end_ += got;
      }
    }
    const unsigned first = static_cast<unsigned char>(window_[begin_]);
    const unsigned second = static_cast<unsigned char>(window_[begin_ + 1]);
    begin_ += 2;
    return static_cast<int>(big_ ? first << 8 | second : second << 8 | first);
  }

  std::size_t convert(char* out, std::size_t size) {
    if (!begun_) {
      begun_ = true;
      const int mark = unit();
      if (mark == 0xfffe) big_ = true;  // read as little-endian
    }
    std::size_t count = 0;
    while (size - count >= 4) {
      int next = pending_ >= 0 ? pending_ : unit();
      pending_ = -1;
      if (next < 0) break;
      unsigned point = static_cast<unsigned>(next);
      if (point >= 0xd800 && point < 0xdc00) {
        const int low = unit();
        if (low >= 0xdc00 && low < 0xe000) {
          point = 0x10000 + ((point - 0xd800) << 10) + (static_cast<unsigned>(low) - 0xdc00);
        } else {
          pending_ = low;
          point = 0xfffd;
        }
      } else if (point >= 0xdc00 && point < 0xe000) {
        point = 0xfffd;
      }
      const auto put = [&](unsigned byte) { out[count++] = static_cast<char>(byte); };
      if (point < 0x80) {
        put(point);
      } else if (point < 0x800) {
        put(0xc0 | point >> 6);
        put(0x80 | (point & 0x3f));
      } else if (point < 0x10000) {
        put(0xe0 | point >> 12);
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
      } else {
        put(0xf0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3f));
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
      }
    }
    return count;
  }

  Pieces& text_;
  std::vector<char> window_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool begun_ = false;
  bool big_ = false;
  int pending_ = -1;
  std::string held_;
  std::size_t held_begin_ = 0;
};

}  // namespace

std::unique_ptr<Pieces> pieces_of_file(int descriptor, const std::atomic<bool>* stop) { return std::make_unique<FilePieces>(descriptor, stop); }
std::unique_ptr<Pieces> pieces_of_memory(std::string_view head, Pieces* rest) {
  return std::make_unique<MemoryPieces>(head, rest);
}
std::unique_ptr<Pieces> pieces_of_gzip(Pieces& compressed, const Limits& limits) {
  return std::make_unique<GzipPieces>(compressed, limits);
}
std::unique_ptr<Pieces> pieces_of_zstd(Pieces& compressed, const Limits& limits) {
  return std::make_unique<ZstdPieces>(compressed, limits);
}
std::unique_ptr<Pieces> pieces_of_utf16(Pieces& text) { return std::make_unique<Utf16Pieces>(text); }

Wrapping wrapping_of(std::string_view head) {
  if (head.substr(0, 3) == std::string_view("\x1f\x8b\x08", 3)) return Wrapping::gzip;
  if (head.substr(0, 4) == std::string_view("\x28\xb5\x2f\xfd", 4)) return Wrapping::zstd;
  // A skippable frame in front, as pzstd writes: 0x184D2A50 … 5F.
  if (head.size() >= 4 && (static_cast<unsigned char>(head[0]) & 0xf0) == 0x50 && head.substr(1, 3) == "\x2a\x4d\x18") {
    return Wrapping::zstd;
  }
  return Wrapping::none;
}

bool is_utf16(std::string_view head) { return head.substr(0, 2) == "\xff\xfe" || head.substr(0, 2) == "\xfe\xff"; }

}  // namespace chainhunt::input
