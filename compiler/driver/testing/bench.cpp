#include "compiler/driver/testing/bench.h"

#include <algorithm>

#include "compiler/plan/plan.h"

namespace chainhunt::driver::testing {

Bench::Bench(const model::Model& model, program::Program program) : model_(&model), program_(std::move(program)) {
  for (std::uint32_t i = 0; i < program_.chains.size(); ++i) {
    const std::string& name = program_.chains[i].name;
    chains_.emplace(name, i);
    chains_of_[name.substr(0, name.find('.'))].push_back(i);
  }
  for (std::uint32_t i = 0; i < program_.links.size(); ++i) {
    if (!program_.links[i].anonymous) links_.emplace(program_.links[i].name, i);
  }
  for (std::uint32_t i = 0; i < model.chains.size(); ++i) {
    model_chains_.emplace(model.chains[i].qualified(), i);
    chain_homes_[model.chains[i].name].push_back(model.chains[i].pack);
  }
  for (const auto& link : model.links) {
    if (!link.anonymous) link_homes_[link.name].push_back(link.pack);
  }
}

std::unique_ptr<Bench> Bench::make(const model::Model& model, const std::vector<std::string>& packs, Diagnostics& diagnostics, std::string& error) {
  plan::Options options;
  options.packs = packs;
  auto program = plan::plan(model, options, diagnostics);
  if (!program) return nullptr;
  std::unique_ptr<Bench> bench(new Bench(model, std::move(*program)));
  auto prepared = match::prepare(bench->program_);
  if (!prepared) {
    error = prepared.error().message;
    return nullptr;
  }
  bench->prepared_ = std::move(*prepared);
  return bench;
}

std::uint32_t Bench::chain(const std::string& name) const {
  const auto found = chains_.find(name);
  return found == chains_.end() ? program::kNone : found->second;
}

std::uint32_t Bench::link(const std::string& name) const {
  const auto found = links_.find(name);
  return found == links_.end() ? program::kNone : found->second;
}

const std::vector<std::uint32_t>& Bench::chains_of(const std::string& pack) const {
  static const std::vector<std::uint32_t> none;
  const auto found = chains_of_.find(pack);
  return found == chains_of_.end() ? none : found->second;
}

const model::Chain* Bench::declared(std::uint32_t chain) const {
  const auto found = model_chains_.find(program_.chains[chain].name);
  return found == model_chains_.end() ? nullptr : &model_->chains[found->second];
}

std::string Bench::qualified(const std::string& pack, const syntax::QName& name, bool link) const {
  if (name.pack) return name.pack->text + "." + name.name.text;
  const auto& homes = link ? link_homes_ : chain_homes_;
  const auto found = homes.find(name.name.text);
  if (found == homes.end()) return pack + "." + name.name.text;
  const std::vector<std::string>& packs = found->second;
  const auto has = [](const std::vector<std::string>& list, const std::string& item) { return std::find(list.begin(), list.end(), item) != list.end(); };
  if (has(packs, pack)) return pack + "." + name.name.text;
  for (const auto& own : model_->packs) {
    if (own.name != pack) continue;
    for (const std::string& import : own.imports) {
      if (has(packs, import)) return import + "." + name.name.text;
    }
  }
  return packs.front() + "." + name.name.text;
}

}  // namespace chainhunt::driver::testing
