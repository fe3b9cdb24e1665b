// Names of fields as rules write them. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

namespace chainhunt::value {

/// SubjectUserName -> subject_user_name, DCName -> dc_name, param1 -> param1.
std::string snake_case(std::string_view original);

}  // namespace chainhunt::value
