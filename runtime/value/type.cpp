#include "runtime/value/type.h"

namespace chainhunt::value {

std::string_view name_of(Type type) {
  switch (type) {
    case Type::text: return "text";
    case Type::path: return "path";
    case Type::integer: return "int";
    case Type::mask: return "mask";
    case Type::ip: return "ip";
    case Type::host: return "host";
    case Type::exact_host: return "exact host";
    case Type::account: return "account";
    case Type::exact_account: return "exact account";
    case Type::sid: return "sid";
    case Type::guid: return "guid";
    case Type::time: return "time";
    case Type::boolean: return "bool";
  }
  return "text";
}

std::optional<Type> type_from_name(std::string_view name) {
  for (Type type : kTypes) {
    if (name_of(type) == name) return type;
  }
  return std::nullopt;
}

namespace {

enum class Family : std::uint8_t { text, number, place, account, sid, guid, time, boolean };

Family family(Type type) {
  switch (type) {
    case Type::text:
    case Type::path: return Family::text;
    case Type::integer:
    case Type::mask: return Family::number;
    case Type::ip:
    case Type::host:
    case Type::exact_host: return Family::place;
    case Type::account:
    case Type::exact_account: return Family::account;
    case Type::sid: return Family::sid;
    case Type::guid: return Family::guid;
    case Type::time: return Family::time;
    case Type::boolean: return Family::boolean;
  }
  return Family::text;
}

}  // namespace

bool comparable(Type a, Type b) { return is_text(a) || is_text(b) || family(a) == family(b); }

bool ordered(Type type) {
  switch (type) {
    case Type::text:
    case Type::path:
    case Type::integer:
    case Type::mask:
    case Type::ip:
    case Type::time: return true;
    case Type::host:
    case Type::exact_host:
    case Type::account:
    case Type::exact_account:
    case Type::sid:
    case Type::guid:
    case Type::boolean: return false;
  }
  return false;
}

}  // namespace chainhunt::value
