// The end of a branch: conditions between fields, and on `anywhere`. Internal to this folder.
//
// Between fields: one field gets some of its values in turn, the condition becomes one on the other with a literal in
// place of the first, and that is answered exactly:
//
//   f in (1, 2), g in (2, 3), f == g     f = 1: g == 1, none; f = 2: g == 2, found
//
// "None" is said if the demands on two fields that are to be equal cannot all hold for one value, or if all values of
// one field have been tried. Anything else that is not found is uncertain.
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
