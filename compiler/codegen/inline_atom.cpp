#include "compiler/codegen/inline_atom.h"

#include <bit>
#include <optional>

#include "compiler/codegen/layout.h"
#include "runtime/base/text.h"
#include "runtime/value/compare.h"
#include "runtime/value/number.h"
#include "runtime/value/text.h"
#include "runtime/value/wildcard.h"

namespace chainhunt::codegen {
namespace {

using abi::Wire;
using llvm::BasicBlock;
using llvm::CmpInst;
using llvm::Value;
using program::From;
using program::Op;

std::uint32_t wire(Wire kind) { return static_cast<std::uint32_t>(kind); }

/// Signed and unsigned order of the 64 bits that a cell holds.
CmpInst::Predicate order_of(Op op, bool is_signed) {
  switch (op) {
    case Op::eq: return CmpInst::ICMP_EQ;
    case Op::ne: return CmpInst::ICMP_NE;
    case Op::lt: return is_signed ? CmpInst::ICMP_SLT : CmpInst::ICMP_ULT;
    case Op::le: return is_signed ? CmpInst::ICMP_SLE : CmpInst::ICMP_ULE;
    case Op::gt: return is_signed ? CmpInst::ICMP_SGT : CmpInst::ICMP_UGT;
    case Op::ge: return is_signed ? CmpInst::ICMP_SGE : CmpInst::ICMP_UGE;
    default: return CmpInst::BAD_ICMP_PREDICATE;
  }
}

/// What a text atom asks of the start, the end or the whole of a value.
struct TextShape {
  enum class At { whole, start, end } at;
  std::string needle;  // folded unless cased
  bool negated = false;
};

/// The text atoms that can be compared inline.
std::optional<TextShape> shape_of(const program::Atom& atom) {
  if (!value::is_text(atom.left.type) || atom.values.size() != 1) return std::nullopt;
  TextShape shape{TextShape::At::whole, atom.cased ? atom.values.front() : value::fold(atom.values.front())};
  switch (atom.op) {
    case Op::eq: break;
    case Op::ne: shape.negated = true; break;
    case Op::in: break;
    case Op::not_in: shape.negated = true; break;
    case Op::starts: shape.at = TextShape::At::start; break;
    case Op::ends: shape.at = TextShape::At::end; break;
    case Op::like: {
      const value::Wildcard wildcard(atom.values.front(), atom.cased);
      switch (wildcard.shape()) {
        case value::Wildcard::Shape::equal: shape.needle = wildcard.prefix(); break;
        case value::Wildcard::Shape::starts: shape.at = TextShape::At::start; shape.needle = wildcard.prefix(); break;
        case value::Wildcard::Shape::ends: shape.at = TextShape::At::end; shape.needle = wildcard.suffix(); break;
        case value::Wildcard::Shape::general:
        case value::Wildcard::Shape::contains: return std::nullopt;
      }
      break;
    }
    default: return std::nullopt;
  }
  if (shape.needle.empty() || shape.needle.size() > kMaxInlineText || !base::is_ascii(shape.needle)) return std::nullopt;
  return shape;
}

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

BasicBlock* InlineAtom::block(const char* name) { return BasicBlock::Create(b.getContext(), name, function); }

Value* InlineAtom::load(llvm::Type* type, Value* base, std::uint64_t offset) {
  return b.CreateAlignedLoad(type, b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), base, offset), llvm::Align(1));
}

bool InlineAtom::cell_of(const program::Operand& operand, Cell& cell) {
  if (operand.function != program::Function::none) return false;
  std::uint64_t offset = 0;
  Value* base = event;
  switch (operand.from) {
    case From::slot:
      base = load(b.getPtrTy(), event, layout::kFields);
      offset = operand.slot * layout::kCellSize;
      break;
    case From::computer: offset = layout::kHeaderComputer; break;
    case From::channel: offset = layout::kHeaderChannel; break;
    case From::provider: offset = layout::kHeaderProvider; break;
    case From::event_id: offset = layout::kHeaderCode; break;
    case From::record_id: offset = layout::kHeaderRecordId; break;
    case From::time:
    case From::anywhere:
    case From::missing: return false;
  }
  cell.base = b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), base, offset);
  cell.wire = load(b.getInt32Ty(), cell.base, layout::kCellWire);
  return true;
}

void InlineAtom::ask_helper(std::uint32_t index, BasicBlock* yes, BasicBlock* no) {
  auto* type = llvm::FunctionType::get(b.getInt32Ty(), {b.getPtrTy(), b.getPtrTy(), b.getInt32Ty()}, false);
  Value* helper = load(b.getPtrTy(), helpers, layout::kHelpersAtom);
  auto* call = b.CreateCall(type, helper, {context, event, b.getInt32(index)});
  call->addFnAttr(llvm::Attribute::NoUnwind);
  b.CreateCondBr(b.CreateICmpNE(call, b.getInt32(0)), yes, no);
}

void InlineAtom::branch(const program::Atom& atom, std::uint32_t index, BasicBlock* yes, BasicBlock* no) {
  // Every inline form reads the cell's kind first; what it does not know goes to `helper`.
  BasicBlock* start = b.GetInsertBlock();
  BasicBlock* helper = block("helper");
  Cell cell{};
  bool inlined = false;
  const bool plain = atom.op == Op::exists || atom.op == Op::missing || shape_of(atom) ||
                     atom.left.type == value::Type::integer || atom.left.type == value::Type::mask ||
                     atom.op == Op::has || atom.op == Op::has_any || atom.op == Op::lacks;
  if (plain && cell_of(atom.left, cell)) {
    if (atom.op == Op::exists || atom.op == Op::missing) {
      presence(atom, cell, yes, no, helper);
      inlined = true;
    } else {
      inlined = number(atom, cell, yes, no, helper) || text(atom, cell, yes, no, helper);
    }
  }
  if (!inlined) {
    b.SetInsertPoint(start);
    b.CreateBr(helper);
  }
  b.SetInsertPoint(helper);
  ask_helper(index, yes, no);
}

void InlineAtom::presence(const program::Atom& atom, const Cell& cell, BasicBlock* yes, BasicBlock* no, BasicBlock* helper) {
  const bool exists = atom.op == Op::exists;
  auto* kinds = b.CreateSwitch(cell.wire, helper, 5);
  const auto on = [&](Wire kind, bool present) { kinds->addCase(b.getInt32(wire(kind)), present == exists ? yes : no); };
  on(Wire::absent, false);
  on(Wire::dec, true);
  on(Wire::udec, true);
  on(Wire::hex, true);
  if (value::is_text(atom.left.type)) on(Wire::text, true);
}

bool InlineAtom::number(const program::Atom& atom, const Cell& cell, BasicBlock* yes, BasicBlock* no, BasicBlock* helper) {
  const bool mask_op = atom.op == Op::has || atom.op == Op::has_any || atom.op == Op::lacks;
  const bool is_mask = atom.left.type == value::Type::mask;
  if (!mask_op && !is_mask && atom.left.type != value::Type::integer) return false;
  // The literals as the interpreter reads them.
  std::vector<value::Number> numbers;
  std::uint64_t bits = 0;
  for (const auto& text : atom.values) {
    if (mask_op) {
      const auto number = value::parse_number(text);
      if (!number) return false;
      bits |= number->bits();
      continue;
    }
    const auto prepared = value::prepare_any(atom.left.type, text);
    if (!prepared.parsed) return false;
    numbers.push_back(prepared.number);
  }
  switch (atom.op) {
    case Op::has: case Op::has_any: case Op::lacks: break;
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge:
      if (numbers.size() != 1) return false;
      break;
    case Op::in: case Op::not_in:
      if (numbers.empty() || numbers.size() > kMaxInlineList) return false;
      break;
    default: return false;
  }
  BasicBlock* as_signed = block("signed");
  BasicBlock* as_unsigned = block("unsigned");
  auto* kinds = b.CreateSwitch(cell.wire, helper, 4);
  kinds->addCase(b.getInt32(wire(Wire::absent)), no);
  // A mask is 64 bits, however the log spells them.
  kinds->addCase(b.getInt32(wire(Wire::dec)), is_mask || mask_op ? as_unsigned : as_signed);
  kinds->addCase(b.getInt32(wire(Wire::udec)), as_unsigned);
  kinds->addCase(b.getInt32(wire(Wire::hex)), as_unsigned);
  for (const bool is_signed : {true, false}) {
    b.SetInsertPoint(is_signed ? as_signed : as_unsigned);
    Value* seen = load(b.getInt64Ty(), cell.base, layout::kCellPayload);
    const auto compared = [&](Op op, const value::Number& literal) -> Value* {
      // A literal outside what the cell can hold: every cell is above or below it.
      const bool below = !is_signed && literal.negative;                                   // literal < cell
      const bool above = is_signed && !literal.negative && literal.magnitude > INT64_MAX;  // literal > cell
      if (below) return b.getInt1(op == Op::ne || op == Op::gt || op == Op::ge);
      if (above) return b.getInt1(op == Op::ne || op == Op::lt || op == Op::le);
      return b.CreateICmp(order_of(op, is_signed), seen, b.getInt64(literal.bits()));
    };
    Value* truth = nullptr;
    switch (atom.op) {
      case Op::has: truth = b.CreateICmpEQ(b.CreateAnd(seen, b.getInt64(bits)), b.getInt64(bits)); break;
      case Op::has_any: truth = b.CreateICmpNE(b.CreateAnd(seen, b.getInt64(bits)), b.getInt64(0)); break;
      case Op::lacks: truth = b.CreateICmpEQ(b.CreateAnd(seen, b.getInt64(bits)), b.getInt64(0)); break;
      case Op::in: case Op::not_in:
        truth = b.getFalse();
        for (const auto& literal : numbers) truth = b.CreateOr(truth, compared(Op::eq, literal));
        if (atom.op == Op::not_in) truth = b.CreateNot(truth);
        break;
      default: truth = compared(atom.op, numbers.front());
    }
    b.CreateCondBr(truth, yes, no);
  }
  return true;
}

Value* InlineAtom::same_bytes(Value* bytes, const std::string& needle, bool cased, Value*& high) {
  // Words of 8, 4, 2, 1 bytes; the last one overlaps where that saves smaller ones.
  Value* differs = b.getInt64(0);
  high = b.getInt64(0);
  const std::size_t size = needle.size();
  std::size_t at = 0;
  while (at < size) {
    std::size_t width = 8;
    while (width > size) width /= 2;
    if (at + width > size) {
      if (size >= 4 && width == 8 && size - at <= 4) width = 4;
      at = size - width;
    }
    std::uint64_t want = 0, fold = 0, top = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const char c = needle[at + i];
      want |= std::uint64_t{static_cast<unsigned char>(c)} << (8 * i);
      if (!cased && is_letter(c)) fold |= std::uint64_t{0x20} << (8 * i);
      top |= std::uint64_t{0x80} << (8 * i);
    }
    Value* seen = load(b.getIntNTy(static_cast<unsigned>(width * 8)), bytes, at);
    seen = b.CreateZExt(seen, b.getInt64Ty());
    high = b.CreateOr(high, b.CreateAnd(seen, b.getInt64(top)));
    if (fold != 0) seen = b.CreateOr(seen, b.getInt64(fold));
    differs = b.CreateOr(differs, b.CreateXor(seen, b.getInt64(want)));
    at += width;
  }
  return b.CreateICmpEQ(differs, b.getInt64(0));
}

bool InlineAtom::text(const program::Atom& atom, const Cell& cell, BasicBlock* yes, BasicBlock* no, BasicBlock* helper) {
  const auto shape = shape_of(atom);
  if (!shape) return false;
  if (std::endian::native != std::endian::little) return false;  // same_bytes() lays its words out for little-endian machines
  BasicBlock* text = block("text");
  BasicBlock* bytes = block("bytes");
  auto* kinds = b.CreateSwitch(cell.wire, helper, 2);
  kinds->addCase(b.getInt32(wire(Wire::absent)), no);
  kinds->addCase(b.getInt32(wire(Wire::text)), text);
  BasicBlock* equal = shape->negated ? no : yes;
  BasicBlock* different = shape->negated ? yes : no;
  const std::uint32_t length = static_cast<std::uint32_t>(shape->needle.size());

  b.SetInsertPoint(text);
  Value* size = load(b.getInt32Ty(), cell.base, layout::kCellBytes);
  if (shape->at == TextShape::At::whole) {
    // Longer texts can be equal only if some of the needle's k and s are spelled with two or three bytes.
    std::uint32_t longest = length;
    for (const char c : shape->needle) {
      if (!atom.cased) longest += c == 'k' ? 2 : c == 's' ? 1 : 0;
    }
    if (longest == length) {
      b.CreateCondBr(b.CreateICmpEQ(size, b.getInt32(length)), bytes, different);
    } else {
      BasicBlock* other = block("other_size");
      b.CreateCondBr(b.CreateICmpEQ(size, b.getInt32(length)), bytes, other);
      b.SetInsertPoint(other);
      Value* possible = b.CreateAnd(b.CreateICmpUGT(size, b.getInt32(length)), b.CreateICmpULE(size, b.getInt32(longest)));
      b.CreateCondBr(possible, helper, different);
    }
  } else {
    b.CreateCondBr(b.CreateICmpUGE(size, b.getInt32(length)), bytes, different);
  }

  b.SetInsertPoint(bytes);
  Value* start = load(b.getPtrTy(), cell.base, layout::kCellPayload);
  if (shape->at == TextShape::At::end) {
    Value* skipped = b.CreateZExt(b.CreateSub(size, b.getInt32(length)), b.getInt64Ty());
    start = b.CreateInBoundsGEP(b.getInt8Ty(), start, skipped);
  }
  Value* high = nullptr;
  Value* same = same_bytes(start, shape->needle, atom.cased, high);
  // Of all code points outside ASCII, only U+212A and U+017F fold into it, to k and s.
  const bool exact = atom.cased || shape->at == TextShape::At::whole || shape->needle.find_first_of("ks") == std::string::npos;
  if (exact) {
    b.CreateCondBr(same, equal, different);
  } else {
    BasicBlock* unequal = block("unequal");
    b.CreateCondBr(same, equal, unequal);
    b.SetInsertPoint(unequal);
    b.CreateCondBr(b.CreateICmpEQ(high, b.getInt64(0)), different, helper);
  }
  return true;
}

}  // namespace chainhunt::codegen
