package rules

import "regexp/syntax"

// A span is a match: its bounds and those of the secret in it.
type span struct{ start, end, secretStart, secretEnd int }

// maxSteps bounds the choices taken back in one attempt. A pattern that needs
// more on some input is matched there by package regexp, whose time is linear.
const maxSteps = 1 << 13

// A choice is a point to go back to. One of a run stands for all the places
// between lo and pos where the run could have ended.
type choice struct {
	pc          uint16
	run         uint8 // 0: none, 1: greedy, 2: lazy
	lo, pos     int
	secret, end int
}

// A machine runs byte programs over a text. It is not for concurrent use.
type machine struct {
	sets  []byteSet
	pool  string
	stack []choice
	far   int // how far the last run has looked; len(text)+1 for its end
}

// An outcome is how an attempt ended.
type outcome uint8

const (
	failed outcome = iota
	matched
	exhausted // maxSteps reached
)

// run matches code at text[start:limit]. The byte behind the match, if there
// is one in text, must not be in behind.
func (m *machine) run(code []inst, text []byte, start, limit int, behind *byteSet) (span, outcome) {
	pc, pos := uint16(0), start
	secret, secretEnd := start, -1
	steps, far := 0, start
	m.stack = m.stack[:0]
	for {
		ok, looked := true, 1
		switch i := &code[pc]; i[0] {
		case opLit:
			n := int(i[1])
			at := int(i[2]) | int(i[3])<<16
			looked = n
			if ok = pos+n <= limit && string(text[pos:pos+n]) == m.pool[at:at+n]; ok {
				pos += n
				pc++
			}
		case opSet:
			if ok = pos < limit && m.sets[i[1]][text[pos]] != 0; ok {
				pos++
				pc++
			}
		case opRun:
			var n int
			n, ok = m.count(i, text, pos, limit)
			looked = n + 1
			if ok {
				pos += n
				pc++
			}
		case opRunBack:
			var n int
			n, ok = m.count(i, text, pos, limit)
			looked = n + 1
			if ok {
				pc++
				if least := pos + int(i[2]); pos+n > least {
					m.stack = append(m.stack, choice{pc, 1, least, pos + n - 1, secret, secretEnd})
				}
				pos += n
				steps += n
			}
		case opRunLazy:
			var n int
			n, ok = m.count(i, text, pos, limit)
			looked = n + 1
			if ok {
				pc++
				least := pos + int(i[2])
				if pos+n > least {
					m.stack = append(m.stack, choice{pc, 2, least + 1, pos + n, secret, secretEnd})
				}
				far = max(far, pos+looked)
				pos = least
				steps += n
			}
		case opBranch:
			if pos < limit && m.sets[i[1]][text[pos]] != 0 {
				pc++
			} else {
				pc = i[2]
			}
		case opSplit:
			m.stack = append(m.stack, choice{i[2], 0, 0, pos, secret, secretEnd})
			steps++
			pc = i[1]
		case opJump:
			pc = i[1]
		case opSave:
			if i[1] == 0 {
				secret = pos
			} else {
				secretEnd = pos
			}
			pc++
		case opAssert:
			if ok = holds(syntax.EmptyOp(i[1]), text, pos); ok {
				pc++
			}
		case opMatch:
			if ok = pos >= len(text) || behind == nil || behind[text[pos]] == 0; ok {
				if secretEnd < 0 {
					secret, secretEnd = start, pos
				}
				m.far = max(far, pos+1)
				return span{start, pos, secret, secretEnd}, matched
			}
		}
		if ok {
			continue
		}
		far = max(far, pos+looked)
		if len(m.stack) == 0 {
			m.far = far
			return span{}, failed
		}
		if steps++; steps > maxSteps {
			m.far = len(text) + 1
			return span{}, exhausted
		}
		top := &m.stack[len(m.stack)-1]
		pc, secret, secretEnd = top.pc, top.secret, top.end
		switch {
		case top.run == 1 && top.pos > top.lo:
			pos = top.pos
			top.pos--
		case top.run == 2 && top.lo < top.pos:
			pos = top.lo
			top.lo++
		default:
			pos = top.pos
			m.stack = m.stack[:len(m.stack)-1]
		}
	}
}

// count returns how many bytes of the run's set stand at pos, at most as many
// as the run may take; it reports false for less than the run needs.
func (m *machine) count(i *inst, text []byte, pos, limit int) (int, bool) {
	set := &m.sets[i[1]]
	end := limit
	if most := int(i[3]); most != unlimited && pos+most < end {
		end = pos + most
	}
	if pos > end {
		return 0, false
	}
	n := 0
	for _, b := range text[pos:end] {
		if set[b] == 0 {
			break
		}
		n++
	}
	return n, n >= int(i[2])
}

// byteOrderMark may stand before the first line without being a part of it.
const byteOrderMark = "\ufeff"

// holds reports whether an assertion is true at pos. Lines end in "\n".
func holds(op syntax.EmptyOp, text []byte, pos int) bool {
	switch op {
	case syntax.EmptyBeginText:
		return pos == 0
	case syntax.EmptyEndText:
		return pos == len(text)
	case syntax.EmptyBeginLine:
		return pos == 0 || text[pos-1] == '\n' || pos == len(byteOrderMark) && string(text[:pos]) == byteOrderMark
	case syntax.EmptyEndLine:
		return pos == len(text) || text[pos] == '\n'
	}
	before := pos > 0 && wordByte(text[pos-1])
	after := pos < len(text) && wordByte(text[pos])
	return (before != after) == (op == syntax.EmptyWordBoundary)
}

func wordByte(b byte) bool { return b == '_' || alnumByte(b) }

func alnumByte(b byte) bool { return b-'0' < 10 || (b|0x20)-'a' < 26 }
