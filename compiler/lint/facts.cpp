#include "compiler/lint/facts.h"

#include "compiler/lint/meaning.h"

namespace chainhunt::lint {

base::Digest Facts::digest(const Context& context, const model::Link& link) {
  auto [found, fresh] = digests_.try_emplace(static_cast<model::LinkId>(&link - context.model.links.data()));
  if (fresh) found->second = base::digest(meaning(context.model, link));
  return found->second;
}

/// The words count too: parts of a rule are told apart by where they stand.
base::Digest Facts::digest(const Context& context, const OwnText& own) {
  base::Digester digester;
  digester.add(digest(context, *own.link).hex());
  digester.add(context.text(own.text));
  return digester.finish();
}

std::vector<model::LinkId> Facts::named_links(const Context& context) const {
  std::vector<model::LinkId> links;
  for (std::size_t id = 0; id < context.model.links.size(); ++id) {
    if (!context.model.links[id].anonymous) links.push_back(static_cast<model::LinkId>(id));
  }
  return links;
}

bool Facts::known_to_match(const Context& context, const model::Link& link) {
  return known_ != nullptr && known_->can_match.contains(digest(context, link));
}

void Facts::search(const Context& context, const std::string& search, const std::function<bool(const OwnText&)>& look) {
  static const std::set<base::Digest> nothing;
  const auto before = known_ == nullptr ? std::map<std::string, std::set<base::Digest>>::const_iterator{} : known_->clean.find(search);
  const auto& known = known_ == nullptr || before == known_->clean.end() ? nothing : before->second;
  auto& clean = clean_[search];
  for (const OwnText& own : links_with_text(context)) {
    const base::Digest digest = this->digest(context, own);
    if (known.contains(digest) || !look(own)) clean.insert(digest);
  }
}

const model::Link* Facts::link_at(const Context& context, Span name) {
  if (links_.empty()) {
    for (const auto& link : context.model.links) {
      if (!link.anonymous) links_.emplace(Place{link.span.file, link.span.begin}, &link);
    }
  }
  const auto found = links_.find({name.file, name.begin});
  return found == links_.end() ? nullptr : found->second;
}

const model::Chain* Facts::chain_at(const Context& context, Span name) {
  if (chains_.empty()) {
    for (const auto& chain : context.model.chains) chains_.emplace(Place{chain.span.file, chain.span.begin}, &chain);
  }
  const auto found = chains_.find({name.file, name.begin});
  return found == chains_.end() ? nullptr : found->second;
}

const algebra::Implications& Facts::implications(const Context& context) {
  if (implications_) return *implications_;
  const auto links = named_links(context);
  algebra::KnownImplications before;
  if (known_ != nullptr) {
    // Links that mean the same have one digest. What is known of it is known of all of them if an earlier run had
    // several and found them equal; else of one, and the search tells how the others stand to it.
    std::set<base::Digest> several;
    for (const auto& [narrow, wide] : known_->implied) {
      if (narrow == wide) several.insert(narrow);
    }
    std::map<base::Digest, std::vector<model::LinkId>> by_digest;
    for (const model::LinkId id : links) {
      const base::Digest own = digest(context, context.model.links[id]);
      if (!known_->links.contains(own) || (by_digest.contains(own) && !several.contains(own))) continue;
      by_digest[own].push_back(id);
      before.links.insert(id);
    }
    const auto take = [&](const std::vector<Known::Pair>& pairs, std::vector<algebra::LinkPair>& out) {
      for (const auto& [narrow, wide] : pairs) {
        for (const model::LinkId a : by_digest[narrow]) {
          for (const model::LinkId b : by_digest[wide]) {
            if (a != b) out.emplace_back(a, b);
          }
        }
      }
    };
    take(known_->implied, before.implied);
    take(known_->undecided, before.undecided);
  }
  implications_ = algebra::implications(*context.algebra, links, before);
  return *implications_;
}

Known Facts::known(const Context& context) {
  Known out;
  if (known_ != nullptr) out = *known_;
  if (implications_) {
    std::set<Known::Pair> implied, undecided;
    const auto pair = [&](model::LinkId narrow, model::LinkId wide) {
      return Known::Pair{digest(context, context.model.links[narrow]), digest(context, context.model.links[wide])};
    };
    for (const auto& found : implications_->proved) {
      implied.insert(pair(found.narrow, found.wide));
      if (found.equal) implied.insert(pair(found.wide, found.narrow));
    }
    for (const auto& [narrow, wide] : implications_->undecided) undecided.insert(pair(narrow, wide));
    out.links.clear();
    for (const model::LinkId id : named_links(context)) out.links.insert(digest(context, context.model.links[id]));
    out.implied.assign(implied.begin(), implied.end());
    out.undecided.assign(undecided.begin(), undecided.end());
  }
  for (const auto& [search, digests] : clean_) out.clean[search] = digests;
  // Those that a search went through were asked whether they match anything, or will be.
  if (clean_.empty()) return out;
  out.can_match.clear();
  for (const OwnText& own : links_with_text(context)) {
    if (!never_true(context, *own.link)) out.can_match.insert(digest(context, *own.link));
  }
  return out;
}

}  // namespace chainhunt::lint
