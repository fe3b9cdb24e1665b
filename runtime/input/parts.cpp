#include "runtime/input/parts.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <exception>

namespace chainhunt::input {

/// A mapping that ends itself.
struct Parts::Mapping {
  void* map = nullptr;
  std::size_t size = 0;

  ~Mapping() {
    if (map != nullptr) munmap(map, size);
  }
};

Parts::~Parts() = default;

std::unique_ptr<Parts> Parts::of_bytes(std::string_view bytes, const std::string& name, const Limits& limits, std::uint64_t size) {
  if (bytes.size() < 2 * size) return nullptr;
  const Format* format = plain_format(bytes);
  if (format == nullptr || format->cuts == nullptr) return nullptr;
  const std::vector<std::uint64_t> cuts = format->cuts(Source{bytes, &limits}, size);
  if (cuts.empty()) return nullptr;
  std::unique_ptr<Parts> out(new Parts);
  out->path_ = name;
  out->limits_ = limits;
  out->bytes_ = bytes;
  out->format_ = format;
  out->begins_.push_back(0);
  out->begins_.insert(out->begins_.end(), cuts.begin(), cuts.end());
  out->begins_.push_back(bytes.size());
  return out;
}

std::unique_ptr<Parts> Parts::open(const std::string& path, const Limits& limits, std::uint64_t size) {
  const int descriptor = path == "-" ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  auto mapping = std::make_unique<Mapping>();
  struct stat status {};
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) >= 2 * size) {
    mapping->size = static_cast<std::size_t>(status.st_size);
    void* const map = mmap(nullptr, mapping->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (map != MAP_FAILED) mapping->map = map;
  }
  close(descriptor);
  if (mapping->map == nullptr) return nullptr;
  auto out = of_bytes({static_cast<const char*>(mapping->map), mapping->size}, path, limits, size);
  if (out) out->mapping_ = std::move(mapping);
  return out;
}

FileReport Parts::report() const {
  FileReport out;
  out.path = path_;
  out.format = format_->name;
  out.bytes = bytes_.size();
  return out;
}

namespace {

/// Keeps exceptions in: allocation is the only thing that throws.
class Guarded final : public PartReader {
 public:
  Guarded(const Format& format, const Source& source, std::uint64_t begin, abi::Sink& sink, FileReport& report) : source_(source), report_(report) {
    guard([&] { inner_ = format.part(source_, begin, sink, report); });
  }
  void read(std::uint64_t end, bool last) override {
    if (inner_) guard([&] { inner_->read(end, last); });
  }
  bool whole() const override { return inner_ && report_.error.empty() && inner_->whole(); }

 private:
  template <typename Body>
  void guard(Body&& body) {
    try {
      body();
    } catch (const std::exception& exception) {
      report_.error = std::string("given up: ") + exception.what();
      inner_.reset();
    }
  }

  Source source_;
  FileReport& report_;
  std::unique_ptr<PartReader> inner_;
};

}  // namespace

std::unique_ptr<PartReader> Parts::read(std::size_t part, abi::Sink& sink, FileReport& report) const {
  auto reader = std::make_unique<Guarded>(*format_, Source{bytes_, &limits_}, begins_[part], sink, report);
  reader->read(begins_[part + 1], part + 1 == count());
  return reader;
}

void Parts::read_on(PartReader& reader, std::size_t part) const { reader.read(begins_[part + 1], part + 1 == count()); }

void Parts::release(std::size_t part) const {
  if (!mapping_) return;
  // Only whole pages that no neighbour has a piece of.
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const std::uint64_t begin = (begins_[part] + page - 1) / page * page, end = begins_[part + 1] / page * page;
  if (begin < end) madvise(static_cast<char*>(mapping_->map) + begin, end - begin, MADV_DONTNEED);
}

void add_part(FileReport& whole, const FileReport& part) {
  whole.records += part.records;
  whole.no_time += part.no_time;
  for (const Skip& skip : part.skips) add_skip(whole, skip.offset, skip.reason, skip.records);
  whole.more_skips += part.more_skips;
  if (whole.error.empty()) whole.error = part.error;
}

}  // namespace chainhunt::input
