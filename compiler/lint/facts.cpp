#include "compiler/lint/facts.h"

namespace chainhunt::lint {

const algebra::Implications& Facts::implications(const Context& context) {
  if (!implications_) {
    std::vector<model::LinkId> links;
    for (std::size_t id = 0; id < context.model.links.size(); ++id) {
      if (!context.model.links[id].anonymous) links.push_back(static_cast<model::LinkId>(id));
    }
    implications_ = algebra::implications(*context.algebra, links);
  }
  return *implications_;
}

}  // namespace chainhunt::lint
