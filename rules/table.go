package rules

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"unsafe"
)

// A table is a compiled rule set. Its arrays are views of the encoded form,
// which is used in place: no rule is decoded before it is asked for.
type table struct {
	auto     automaton
	trigRefs []uint32 // end of each trigger's part of refs
	trigLen  []uint16
	refs     []refWords
	context  automaton // of the words that count near values
	wordEnd  []uint32  // end of each word's part of wordRefs
	wordRefs []refWords
	reach    int // see builder
	lines    int
	records  []recordWords
	code     []inst
	sets     []byteSet
	pool     string
	heads    []uint16
	tokens   []uint16
	ruleAt   []uint32 // start of each rule in cold
	remedyAt []uint32 // start of each remedy in cold
	cold     string
}

const noSet = math.MaxUint16

// The flags of a ruleRecord.
const (
	flagContext = 1 << iota // Context decides
	flagPath                // Path decides
	flagLiteral             // a match starts with one of a few bytes
)

// A ruleRecord is what matching needs of a rule.
type ruleRecord struct {
	start              uint32 // of its program
	min, max           uint32 // lengths of a match
	first, left, right uint16 // sets
	back, forward      uint16
	lines, flags       uint8
	engine             Engine
	fixed              fixedByte
	bits               uint32 // of shape.bits
}

// recordWords and refWords are the encoded forms of ruleRecord and reference.
type (
	recordWords [8]uint32
	refWords    [4]uint32
)

func (r *ruleRecord) words() recordWords {
	return recordWords{
		r.start, r.min, r.max,
		uint32(r.first) | uint32(r.left)<<16,
		uint32(r.right) | uint32(r.back)<<16,
		uint32(r.forward) | uint32(r.lines)<<16 | uint32(r.flags)<<24,
		uint32(r.engine) | uint32(r.fixed.at)<<16 | uint32(r.fixed.c)<<24,
		r.bits,
	}
}

func (w *recordWords) record() ruleRecord {
	return ruleRecord{
		start: w[0], min: w[1], max: w[2],
		first: uint16(w[3]), left: uint16(w[3] >> 16),
		right: uint16(w[4]), back: uint16(w[4] >> 16),
		forward: uint16(w[5]), lines: uint8(w[5] >> 16), flags: uint8(w[5] >> 24),
		engine: Engine(w[6] & 0xffff), fixed: fixedByte{uint8(w[6] >> 16), byte(w[6] >> 24)}, bits: w[7],
	}
}

func (b *builder) refWords(r reference) refWords {
	return refWords{
		uint32(r.rule) | uint32(r.how)<<16 | uint32(min(len(r.marker), 255))<<24,
		uint32(finite(r.lead.lo)) | uint32(finite(r.lead.hi))<<16,
		b.pool.string(r.marker),
		uint32(b.leadSet(r)),
	}
}

// leadSet returns the set of the bytes of a lead, noSet if it is of no use.
func (b *builder) leadSet(r reference) uint16 {
	if r.of == nil || r.lead.hi == 0 || r.of.count() >= wideSet {
		return noSet
	}
	return b.pool.set(r.of)
}

func (w *refWords) rule() int  { return int(w[0] & 0xffff) }
func (w *refWords) how() uint8 { return uint8(w[0] >> 16) }
func (w *refWords) lead() lead { return lead{int(w[1] & 0xffff), int(w[1] >> 16)} }
func (w *refWords) of() uint16 { return uint16(w[3]) } // the set of the lead's bytes
func (w *refWords) marker(p string) string {
	return p[w[2] : w[2]+w[0]>>24]
}

// tableMagic leads the encoded form; its last byte is the version.
const tableMagic = "keysift\x03"

// An encoder writes sections: a length in bytes, then the bytes, aligned to 8.
type encoder struct{ out []byte }

func (e *encoder) bytes(b []byte) {
	e.out = binary.LittleEndian.AppendUint64(e.out, uint64(len(b)))
	e.out = append(e.out, b...)
	for len(e.out)%8 != 0 {
		e.out = append(e.out, 0)
	}
}

func (e *encoder) u16(v []uint16) {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, x)
	}
	e.bytes(b)
}

func (e *encoder) u32(v []uint32) {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	e.bytes(b)
}

// encode writes the table. The order of the sections is that of openTable.
func (b *builder) encode(a, context *automaton) []byte {
	e := &encoder{out: []byte(tableMagic)}
	e.automaton(a)
	b.encodeRefs(e, b.refs)
	var lens []uint16
	for _, t := range b.triggers {
		lens = append(lens, uint16(len(t)))
	}
	e.u16(lens)
	e.automaton(context)
	b.encodeRefs(e, b.wordRefs)
	e.u32([]uint32{uint32(b.reach)})
	e.u32([]uint32{uint32(b.lines)})
	var words []uint32
	for _, r := range b.records {
		w := r.words()
		words = append(words, w[:]...)
	}
	e.u32(words)
	var code []uint16
	for _, i := range b.code {
		code = append(code, i[:]...)
	}
	e.u16(code)
	var sets []byte
	for _, s := range b.pool.sets {
		sets = append(sets, s[:]...)
	}
	e.bytes(sets)
	e.bytes([]byte(b.pool.text.String()))
	e.u16(b.heads)
	e.u16(b.tokens)
	b.encodeCold(e)
	return e.out
}

func (e *encoder) automaton(a *automaton) {
	e.bytes(a.class)
	e.u16(a.next)
	e.u16(a.outs)
	e.u32(a.outEnd)
	e.bytes(a.depth)
	e.u32([]uint32{uint32(a.longest)})
}

func (b *builder) encodeRefs(e *encoder, lists [][]reference) {
	var ends, words []uint32
	for _, refs := range lists {
		for _, r := range refs {
			w := b.refWords(r)
			words = append(words, w[:]...)
		}
		ends = append(ends, uint32(len(words)/len(refWords{})))
	}
	e.u32(ends)
	e.u32(words)
}

func (b *builder) encodeCold(e *encoder) {
	c := &coldWriter{}
	var ruleAt, remedyAt []uint32
	for i, r := range b.rules {
		ruleAt = append(ruleAt, uint32(len(c.out)))
		c.rule(r, b.records[i].engine)
	}
	for _, r := range b.remedies {
		remedyAt = append(remedyAt, uint32(len(c.out)))
		c.remedy(r)
	}
	e.u32(ruleAt)
	e.u32(remedyAt)
	e.bytes(c.out)
}

// A decoder reads sections in place where the machine allows it.
type decoder struct {
	in  string
	err error
}

func (d *decoder) bytes() string {
	if d.err != nil {
		return ""
	}
	if len(d.in) < 8 {
		d.err = errors.New("rule table is cut off")
		return ""
	}
	n := binary.LittleEndian.Uint64([]byte(d.in[:8]))
	d.in = d.in[8:]
	if n > uint64(len(d.in)) {
		d.err = errors.New("rule table is cut off")
		return ""
	}
	s := d.in[:n]
	d.in = d.in[min(uint64(len(d.in)), (n+7)&^7):]
	return s
}

// littleEndian reports the byte order of the machine.
func littleEndian() bool {
	x := uint16(1)
	return *(*byte)(unsafe.Pointer(&x)) == 1
}

// view returns the section as values of T, which consists of words of the
// given size and of nothing else. The table is read only: where memory allows,
// the values are the section itself, else they are a copy.
func view[T any](d *decoder, word uintptr) []T {
	s := d.bytes()
	var zero T
	n := len(s) / int(unsafe.Sizeof(zero))
	if n == 0 {
		return nil
	}
	p := unsafe.Pointer(unsafe.StringData(s))
	if littleEndian() && uintptr(p)%word == 0 {
		return unsafe.Slice((*T)(p), n)
	}
	out := make([]T, n)
	raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(out))), n*int(unsafe.Sizeof(zero)))
	copy(raw, s)
	if !littleEndian() {
		for i := 0; i+int(word) <= len(raw); i += int(word) {
			for a, z := i, i+int(word)-1; a < z; a, z = a+1, z-1 {
				raw[a], raw[z] = raw[z], raw[a]
			}
		}
	}
	return out
}

// openTable returns the table whose encoded form is s.
func openTable(s string) (*table, error) {
	if len(s) < len(tableMagic) || s[:len(tableMagic)] != tableMagic {
		return nil, errors.New("no rule table, or one of another version")
	}
	d := &decoder{in: s[len(tableMagic):]}
	t := &table{}
	d.automaton(&t.auto)
	t.trigRefs = view[uint32](d, 4)
	t.refs = view[refWords](d, 4)
	t.trigLen = view[uint16](d, 2)
	d.automaton(&t.context)
	t.wordEnd = view[uint32](d, 4)
	t.wordRefs = view[refWords](d, 4)
	t.reach = d.number()
	t.lines = d.number()
	t.records = view[recordWords](d, 4)
	t.code = view[inst](d, 2)
	t.sets = view[byteSet](d, 1)
	t.pool = d.bytes()
	t.heads = view[uint16](d, 2)
	t.tokens = view[uint16](d, 2)
	t.ruleAt = view[uint32](d, 4)
	t.remedyAt = view[uint32](d, 4)
	t.cold = d.bytes()
	if d.err != nil || len(t.auto.class) != 256 || len(t.context.class) != 256 {
		return nil, errors.Join(errors.New("rule table is damaged"), d.err)
	}
	return t, nil
}

func (d *decoder) automaton(a *automaton) {
	a.class = view[uint8](d, 1)
	a.next = view[uint16](d, 2)
	a.outs = view[uint16](d, 2)
	a.outEnd = view[uint32](d, 4)
	a.depth = view[uint8](d, 1)
	a.longest = d.number()
}

// number reads a section of one number.
func (d *decoder) number() int {
	v := view[uint32](d, 4)
	if len(v) != 1 {
		d.err = cmp.Or(d.err, errors.New("rule table is damaged"))
		return 0
	}
	return int(v[0])
}

// triggerRefs and contextRefs return where a trigger or context word leads.
func (t *table) triggerRefs(id uint16) []refWords { return part(t.refs, t.trigRefs, id) }

func (t *table) contextRefs(id uint16) []refWords { return part(t.wordRefs, t.wordEnd, id) }

func part(refs []refWords, ends []uint32, id uint16) []refWords {
	from := uint32(0)
	if id > 0 {
		from = ends[id-1]
	}
	return refs[from:ends[id]]
}

// A coldWriter encodes what is needed of a rule or remedy only once it is shown.
type coldWriter struct{ out []byte }

func (c *coldWriter) num(n int) { c.out = binary.AppendUvarint(c.out, uint64(n)) }

func (c *coldWriter) str(s string) {
	c.num(len(s))
	c.out = append(c.out, s...)
}

func (c *coldWriter) list(l []string) {
	c.num(len(l))
	for _, s := range l {
		c.str(s)
	}
}

func (c *coldWriter) rule(r *Rule, engine Engine) {
	for _, s := range []string{r.ID, r.Title, r.Provider, r.Pattern, r.Shape, r.Check, r.Pair, r.Remedy} {
		c.str(s)
	}
	path := ""
	if r.Path != nil {
		path = r.Path.String()
	}
	c.str(path)
	for _, n := range []int{int(r.Kind), int(r.Severity), int(r.Confidence), int(r.Boundary), r.Back, r.Forward, r.Lines, int(engine)} {
		c.num(n)
	}
	c.out = binary.LittleEndian.AppendUint64(c.out, math.Float64bits(r.Entropy))
	for _, l := range [][]string{r.Markers, r.Context, r.Args, r.Aliases, r.Reject, r.Examples.Match, r.Examples.Reject} {
		c.list(l)
	}
}

func (c *coldWriter) remedy(r *Remedy) {
	c.str(r.ID)
	c.str(r.Provider)
	c.str(r.Source)
	confirmed := 0
	if r.Confirmed {
		confirmed = 1
	}
	c.num(confirmed)
	c.num(len(r.Steps))
	for _, s := range r.Steps {
		c.str(s.Action)
		c.str(s.Text)
		c.str(s.URL)
		c.str(s.Command)
	}
}

// A coldReader is the inverse of coldWriter. It reads what this package wrote,
// so it does not guard against other input; see openTable.
type coldReader struct{ in string }

func (c *coldReader) num() int {
	n, shift := 0, 0
	for {
		b := c.in[0]
		c.in = c.in[1:]
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
		shift += 7
	}
}

func (c *coldReader) str() string {
	n := c.num()
	s := c.in[:n]
	c.in = c.in[n:]
	return s
}

func (c *coldReader) list() []string {
	n := c.num()
	if n == 0 {
		return nil
	}
	l := make([]string, n)
	for i := range l {
		l[i] = c.str()
	}
	return l
}

func (c *coldReader) rule() (*Rule, error) {
	r := &Rule{}
	for _, s := range []*string{&r.ID, &r.Title, &r.Provider, &r.Pattern, &r.Shape, &r.Check, &r.Pair, &r.Remedy} {
		*s = c.str()
	}
	path := c.str()
	r.Kind, r.Severity, r.Confidence, r.Boundary = Kind(c.num()), Severity(c.num()), Confidence(c.num()), Boundary(c.num())
	r.Back, r.Forward, r.Lines, r.Engine = c.num(), c.num(), c.num(), Engine(c.num())
	r.Entropy = math.Float64frombits(binary.LittleEndian.Uint64([]byte(c.in[:8])))
	c.in = c.in[8:]
	for _, l := range []*[]string{&r.Markers, &r.Context, &r.Args, &r.Aliases, &r.Reject, &r.Examples.Match, &r.Examples.Reject} {
		*l = c.list()
	}
	for _, x := range r.Reject {
		re, err := regexp.Compile(x)
		if err != nil {
			return nil, fmt.Errorf("rule %q: reject: %w", r.ID, err)
		}
		r.reject = append(r.reject, re)
	}
	if path == "" {
		return r, nil
	}
	var err error
	if r.Path, err = regexp.Compile(path); err != nil {
		return nil, fmt.Errorf("rule %q: path: %w", r.ID, err)
	}
	return r, nil
}

func (c *coldReader) remedy() *Remedy {
	r := &Remedy{ID: c.str(), Provider: c.str(), Source: c.str(), Confirmed: c.num() == 1}
	r.Steps = make([]Step, c.num())
	for i := range r.Steps {
		r.Steps[i] = Step{c.str(), c.str(), c.str(), c.str()}
	}
	return r
}
