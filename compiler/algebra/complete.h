// The end of a branch: conditions between fields (joint.h), and on `anywhere`. Internal to this folder.
//
// `anywhere` that shall hold: some value that is there anyway, else a text field of the event that nothing is asked
// of, else one that no event lists.
#pragma once

namespace chainhunt::algebra {

class Searcher;
struct Values;

/// Adds to the values what is needed. False: this branch has no event, or the searcher has been told why that is uncertain.
bool complete(Searcher& searcher, Values& values);

}  // namespace chainhunt::algebra
