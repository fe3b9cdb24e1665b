#include "runtime/input/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <vector>

#include "runtime/base/text.h"

namespace chainhunt::input {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr std::uint64_t kRatioFreeBytes = 64ull << 20;  // as for gzip and zstd
constexpr unsigned kMaxReopens = 16;                    // after damage; each passes over all members before it

struct Close {
  void operator()(::archive* archive) const { archive_read_free(archive); }
};
using Handle = std::unique_ptr<::archive, Close>;

/// As files in folders: what begins with a dot is hidden; and what macOS adds beside every file.
bool hidden(std::string_view path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part == "__MACOSX" || (part.size() > 1 && part[0] == '.' && part != "..")) return true;
    begin = end + 1;
  }
  return false;
}

class Reader final : public Members {
 public:
  Reader(Archive kind, std::string_view memory, Pieces* pieces, const Limits& limits, ArchiveBudget& budget)
      : kind_(kind), memory_(memory), pieces_(pieces), limits_(limits), budget_(budget) {
    if (pieces_) window_.resize(kPieceBytes);
    open();
  }

  bool next() override {
    while (error_.empty()) {
      // A member that could not be read may have left libarchive in a state from which it goes nowhere.
      if (broken_ && !reopen()) return false;
      const int status = archive_read_next_header(archive_.get(), &entry_);
      if (status == ARCHIVE_EOF) return false;
      if (++budget_.entries > limits_.max_archive_entries) {
        error_ = "more than " + std::to_string(limits_.max_archive_entries) + " files and folders in it";
        return false;
      }
      if (status == ARCHIVE_RETRY) continue;
      if (status < ARCHIVE_WARN) {
        error_ = broken("the archive is damaged");
        return false;
      }
      ++seen_;
      if (archive_entry_filetype(entry_) != AE_IFREG || archive_entry_hardlink(entry_)) continue;
      const char* path = archive_entry_pathname_utf8(entry_);
      if (!path) path = archive_entry_pathname(entry_);
      const std::string_view raw = path ? std::string_view(path).substr(0, kMaxMemberName) : std::string_view("(without a name)");
      if (hidden(raw)) continue;
      name_ = base::printable(raw);
      member_.begin();
      return true;
    }
    return false;
  }
  const std::string& name() const override { return name_; }
  Pieces& bytes() override { return member_; }
  const std::string& error() const override { return error_; }

 private:
  /// The bytes of the member at hand.
  class Member final : public Pieces {
   public:
    explicit Member(Reader& reader) : reader_(reader) {}
    void begin() {
      done_ = false;
      error_.clear();
    }
    std::size_t read(char* out, std::size_t size) override {
      if (done_) return 0;
      const std::size_t got = reader_.read(out, size, error_);
      done_ = got == 0;
      return got;
    }
    const std::string& error() const override { return error_; }

   private:
    Reader& reader_;
    bool done_ = true;
    std::string error_;
  };

  /// 0 at the member's end, or where it cannot be read on, with the reason in `why`.
  std::size_t read(char* out, std::size_t size, std::string& why) {
    const la_ssize_t got = archive_read_data(archive_.get(), out, size);
    if (got < 0) {
      broken_ = got <= ARCHIVE_FAILED;
      why = archive_entry_is_encrypted(entry_) ? "encrypted: cannot be read without its password" : broken("damaged in the archive");
      return 0;
    }
    if (got == 0) return 0;
    // The bytes that break a limit are not handed out, and nothing behind them is read.
    const auto give_up = [&](const std::string& reason) {
      error_ = why = reason;
      return std::size_t{0};
    };
    out_ += static_cast<std::uint64_t>(got);
    budget_.expanded += static_cast<std::uint64_t>(got);
    if (budget_.expanded > limits_.max_expanded_bytes) return give_up("expands to more than the limit of " + std::to_string(limits_.max_expanded_bytes) + " bytes");
    const std::uint64_t in = pieces_ ? in_ : memory_.size();
    if (out_ > kRatioFreeBytes && out_ / std::max<std::uint64_t>(limits_.max_expansion_ratio, 1) > in) {
      return give_up("expands to more than " + std::to_string(limits_.max_expansion_ratio) + " times its size");
    }
    return static_cast<std::size_t>(got);
  }

  std::string broken(const char* what) const {
    if (pieces_ && !pieces_->error().empty()) return pieces_->error();
    const char* const said = archive_error_string(archive_.get());
    return said ? std::string(what) + ": " + base::printable(said) : what;
  }

  void open() {
    archive_.reset(archive_read_new());
    if (!archive_) {
      error_ = "no memory to read the archive";
      return;
    }
    switch (kind_) {
      case Archive::zip: archive_read_support_format_zip(archive_.get()); break;
      case Archive::tar: archive_read_support_format_tar(archive_.get()); break;
      case Archive::seven_zip: archive_read_support_format_7zip(archive_.get()); break;
      case Archive::none: break;
    }
    const int status = pieces_ ? archive_read_open(archive_.get(), this, nullptr, more, nullptr)
                               : archive_read_open_memory(archive_.get(), memory_.data(), memory_.size());
    if (status < ARCHIVE_WARN) error_ = broken("the archive is damaged");
  }

  /// Opens the archive anew, behind the member that broke it.
  bool reopen() {
    if (pieces_ || kind_ == Archive::tar || ++reopens_ > kMaxReopens) {
      error_ = "the archive is damaged: what stands behind " + name_ + " is not read";
      return false;
    }
    broken_ = false;
    open();
    for (std::uint64_t i = 0; error_.empty() && i < seen_; ++i) {
      const int status = archive_read_next_header(archive_.get(), &entry_);
      if (status < ARCHIVE_WARN || status == ARCHIVE_EOF) error_ = broken("the archive is damaged");
    }
    return error_.empty();
  }

  static la_ssize_t more(::archive*, void* self, const void** bytes) {
    auto& own = *static_cast<Reader*>(self);
    *bytes = own.window_.data();
    const std::size_t got = own.pieces_->read(own.window_.data(), own.window_.size());
    own.in_ += got;
    return static_cast<la_ssize_t>(got);
  }

  Archive kind_;
  std::string_view memory_;
  Pieces* pieces_;
  const Limits& limits_;
  ArchiveBudget& budget_;
  Handle archive_;
  archive_entry* entry_ = nullptr;
  std::vector<char> window_;
  Member member_{*this};
  std::string name_, error_;
  std::uint64_t in_ = 0, out_ = 0, seen_ = 0;
  unsigned reopens_ = 0;
  bool broken_ = false;
};

}  // namespace

Archive archive_of(std::string_view head) {
  if (head.substr(0, 4) == "PK\x03\x04" || head.substr(0, 4) == "PK\x05\x06") return Archive::zip;
  if (head.substr(0, 6) == std::string_view("7z\xbc\xaf\x27\x1c", 6)) return Archive::seven_zip;
  constexpr std::size_t kMagicAt = 257;  // in the first header: "ustar", behind it a zero or a blank
  if (head.size() > kMagicAt + 5 && head.substr(kMagicAt, 5) == "ustar" && head[0] != '\0') return Archive::tar;
  return Archive::none;
}

const char* name_of(Archive archive) {
  switch (archive) {
    case Archive::none: return "";
    case Archive::zip: return "zip";
    case Archive::tar: return "tar";
    case Archive::seven_zip: return "7z";
  }
  return "";
}

std::unique_ptr<Members> Members::of_memory(Archive kind, std::string_view bytes, const Limits& limits, ArchiveBudget& budget) {
  return std::make_unique<Reader>(kind, bytes, nullptr, limits, budget);
}

std::unique_ptr<Members> Members::of_pieces(Archive kind, Pieces& bytes, const Limits& limits, ArchiveBudget& budget) {
  return std::make_unique<Reader>(kind, std::string_view(), &bytes, limits, budget);
}

}  // namespace chainhunt::input
