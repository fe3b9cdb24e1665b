// Checked rules made ready for running tests: planned and prepared once, however many tests there are.
//
// A Bench is immutable and shared by all threads. It refers to the model, which outlives it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/model/model.h"
#include "compiler/syntax/syntax.h"
#include "runtime/match/prepared.h"
#include "runtime/program/program.h"

namespace chainhunt::driver::testing {

class Bench {
 public:
  /// `packs`: whose rules run, with what they use elsewhere; empty: all. Null if nothing can run: what is wrong stands in
  /// `diagnostics`, or in `error`. Rules that cannot run yet are errors in `diagnostics`, and the others run.
  static std::unique_ptr<Bench> make(const model::Model& model, const std::vector<std::string>& packs, Diagnostics& diagnostics, std::string& error);

  const model::Model& model() const { return *model_; }
  const program::Program& program() const { return program_; }
  const match::Prepared& prepared() const { return *prepared_; }

  /// Index into Program::chains or links of a qualified name; program::kNone: not there.
  std::uint32_t chain(const std::string& name) const;
  std::uint32_t link(const std::string& name) const;
  /// Chains of a pack, by index into Program::chains.
  const std::vector<std::uint32_t>& chains_of(const std::string& pack) const;
  /// The rules' own declaration of Program::chains[index]; null: there is none.
  const model::Chain* declared(std::uint32_t chain) const;
  /// The qualified name of what a test of `pack` calls so: its own, else an import's.
  std::string qualified(const std::string& pack, const syntax::QName& name, bool link) const;

 private:
  using Index = std::unordered_map<std::string, std::uint32_t>;

  Bench(const model::Model& model, program::Program program);

  const model::Model* model_;
  program::Program program_;
  std::unique_ptr<match::Prepared> prepared_;
  Index chains_, links_, model_chains_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> chains_of_;
  std::unordered_map<std::string, std::vector<std::string>> chain_homes_, link_homes_;  // name -> packs that declare it
};

}  // namespace chainhunt::driver::testing
