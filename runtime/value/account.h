// Names of things: hosts, accounts, SIDs, GUIDs. Each has one canonical spelling; two values are equal
// exactly if their canonical spellings are. Nothing means "does not parse as that type".
// Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/value/address.h"

namespace chainhunt::value {

/// The part of a spelling that counts, before folding: views into `text`; label and account name are empty
/// if nothing or only "-" is left.
std::string_view host_name(std::string_view text);
std::string_view host_label(std::string_view text);
std::string_view account_name(std::string_view text);
/// A `host` that is to be compared as an address: its whole name is one, or its first label (only IPv6 can
/// be), so that a label never has the canonical spelling of an address. `exact host`: parse_address(host_name).
std::optional<Address> host_address(std::string_view text);

/// `\\WS01.corp.example.` -> "ws01": leading backslashes and trailing dots dropped, the first label,
/// folded; an address (also after `\\`) -> its printed form. Nothing if no label is left.
std::optional<std::string> canonical_host(std::string_view text);
/// The same with the whole name: "ws01.corp.example".
std::optional<std::string> canonical_exact_host(std::string_view text);

/// `CORP\Bob`, `bob@corp.example`, `Bob` -> "bob": after the last backslash, before the first @ of that.
std::optional<std::string> canonical_account(std::string_view text);
/// The whole spelling, folded: "corp\bob". `bob@corp` stays another value.
std::optional<std::string> canonical_exact_account(std::string_view text);
/// The part of an account's spelling that is its domain: before the last backslash, else behind the
/// first @; nothing if there is none. A view into `text`.
std::optional<std::string_view> account_domain(std::string_view text);
/// Of a host: what follows the first label; nothing for addresses and single labels. A view into `text`.
std::optional<std::string_view> host_domain(std::string_view text);

/// `S-1-5-21-…` in either case, also as `%{S-1-…}` (a reference in event text) -> upper case. Numbers are
/// compared as numbers ("S-1-05" = "S-1-5"). MS-DTYP 2.4.2.1: at most 15 sub-authorities.
std::optional<std::string> canonical_sid(std::string_view text);

/// 8-4-4-4-12 hex digits, with or without braces -> lower case without braces.
std::optional<std::string> canonical_guid(std::string_view text);
/// The GUID of zeros, with or without braces.
bool is_null_guid(std::string_view text);

/// true/false, yes/no, 1/0 in either case, and Windows' message codes %%1842 (yes), %%1843 (no).
std::optional<bool> parse_bool(std::string_view text);

}  // namespace chainhunt::value
