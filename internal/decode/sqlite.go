package decode

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

const (
	sqliteHeader = 100 // length of the header of the file, which is in page 1

	// maxRow bounds the row of a table, in bytes.
	maxRow = 16 << 20

	// minString is the least length of a text that is handed out.
	minString = 8

	leafTable, leafIndex, innerIndex, innerTable = 0x0D, 0x0A, 0x02, 0x05
)

// sqlite yields the text in a database as one file: a line for each row.
func (w *walker) sqlite(name string, r io.ReaderAt, size int64, depth int) error {
	db, err := newSQLite(r, size)
	if err != nil {
		return err
	}
	if w.count(name) {
		w.give(join(name, "text"), -1, w.meter(name, db))
	}
	return nil
}

// A sqliteText reads the texts in a database: row by row in the pages that hold
// rows, those that hold parts of large rows excepted; then whatever looks like
// text in all other pages, such as those that were freed.
type sqliteText struct {
	r       io.ReaderAt
	page    int64 // size of a page
	usable  int   // bytes of it
	pages   int64
	enc     Encoding
	next    int64 // page to be read, from 1
	strings bool  // the second time
	seen    []uint64
	work    int64 // bytes that may still be read for large rows
	buf     []byte
	current []byte // the page from which rows are taken, nil if there is none
	cells   []byte // the places of those that are left in it
	room    int    // bytes that they may still have together
	row     []byte
	spare   []byte
	out     []byte
	used    int // of out
	err     error
}

func newSQLite(r io.ReaderAt, size int64) (*sqliteText, error) {
	var h [sqliteHeader]byte
	if _, err := r.ReadAt(h[:], 0); err != nil {
		return nil, fmt.Errorf("reading the header of a database: %w", err)
	}
	page := int64(binary.BigEndian.Uint16(h[16:]))
	if page == 1 {
		page = 1 << 16
	}
	if page < 512 || page&(page-1) != 0 || int(h[20]) > 32 {
		return nil, fmt.Errorf("a database with pages of %d bytes", page)
	}
	s := &sqliteText{
		r: r, page: page, usable: int(page) - int(h[20]), pages: (size + page - 1) / page,
		next: 1, work: 4*size + maxRow, buf: make([]byte, page), enc: Text,
	}
	switch binary.BigEndian.Uint32(h[56:]) {
	case 2:
		s.enc = UTF16LE
	case 3:
		s.enc = UTF16BE
	}
	s.seen = make([]uint64, s.pages/64+1)
	return s, nil
}

// Read implements io.Reader.
func (s *sqliteText) Read(p []byte) (int, error) {
	for s.used == len(s.out) {
		s.out, s.used = s.out[:0], 0
		if !s.step() {
			if s.err != nil {
				return 0, s.err
			}
			return 0, io.EOF
		}
	}
	n := copy(p, s.out[s.used:])
	s.used += n
	return n, nil
}

// step reads a row, or one page.
func (s *sqliteText) step() bool {
	if s.current != nil {
		s.take()
		return s.err == nil || len(s.out) > 0
	}
	if s.next > s.pages {
		if s.strings {
			return false
		}
		s.strings, s.next = true, 1
	}
	n := s.next
	if s.strings && s.saw(n) {
		s.next++
		return true
	}
	page, err := s.load(s.buf, n)
	if err != nil {
		s.err = err
		return false
	}
	head := 0
	if n == 1 {
		head = min(sqliteHeader, len(page))
	}
	switch {
	case s.strings:
		s.texts(page[head:])
	case len(page) == int(s.page) && s.rows(page[:s.usable], head):
		return true
	}
	s.next++
	return true
}

func (s *sqliteText) see(n int64) { s.seen[n/64] |= 1 << (n % 64) }

func (s *sqliteText) saw(n int64) bool { return s.seen[n/64]&(1<<(n%64)) != 0 }

// load reads a page; the last one may be short.
func (s *sqliteText) load(buf []byte, n int64) ([]byte, error) {
	k, err := s.r.ReadAt(buf, (n-1)*s.page)
	if err == io.EOF {
		err = nil
	}
	return buf[:k], err
}

// rows starts to take the rows from a page, and takes the text that stands where
// rows were before. It returns false if there are none.
func (s *sqliteText) rows(page []byte, head int) bool {
	kind := page[head]
	if kind == innerTable {
		s.see(s.next) // numbers only
		return false
	}
	if kind != leafTable && kind != leafIndex && kind != innerIndex {
		return false
	}
	first := head + 8
	if kind == innerIndex {
		first += 4
	}
	end := first + 2*int(binary.BigEndian.Uint16(page[head+3:]))
	content := int(binary.BigEndian.Uint16(page[head+5:]))
	if end > len(page) || content > len(page) {
		return false
	}
	if content > end {
		s.texts(page[end:content])
	}
	s.current, s.cells, s.room = page, page[first:end], len(page)
	return true
}

// take takes one row from the current page. A page with a fault, such as rows
// that lie one over the other, is read again for what looks like text.
func (s *sqliteText) take() {
	fault := false
	if len(s.cells) > 0 {
		at := int(binary.BigEndian.Uint16(s.cells))
		s.cells = s.cells[2:]
		head := 0
		if s.next == 1 {
			head = sqliteHeader
		}
		fault = !s.cell(s.current, at, s.current[head])
	}
	if fault || len(s.cells) == 0 {
		if !fault {
			s.see(s.next)
		}
		s.current = nil
		s.next++
	}
}

// cell takes the row from a cell.
func (s *sqliteText) cell(page []byte, at int, kind byte) bool {
	if kind == innerIndex {
		at += 4
	}
	size, n := varint(page[min(at, len(page)):])
	if n == 0 {
		return false
	}
	at += n
	most := (s.usable-12)*64/255 - 23
	if kind == leafTable {
		most = s.usable - 35
		if _, n = varint(page[at:]); n == 0 {
			return false
		}
		at += n
	}
	if size <= uint64(most) {
		if s.room -= int(size); size > uint64(len(page)-at) || s.room < 0 {
			return false
		}
		return s.record(page[at : at+int(size)])
	}
	if size > uint64(s.pages*s.page) {
		return false
	}
	least := (s.usable-12)*32/255 - 23
	local := least + int((size-uint64(least))%uint64(s.usable-4))
	if local > most {
		local = least
	}
	if s.room -= local; at+local+4 > len(page) || s.room < 0 {
		return false
	}
	s.row = append(s.row[:0], page[at:at+local]...)
	if !s.overflow(int64(binary.BigEndian.Uint32(page[at+local:])), int(min(size, maxRow))) {
		return false
	}
	if size > maxRow && s.err == nil {
		s.err = &LimitError{Reason: SafetyLimit, Detail: "a row of a database is too large"}
	}
	return s.record(s.row)
}

// overflow adds the rest of a row of size bytes, which goes on in page n.
func (s *sqliteText) overflow(n int64, size int) bool {
	if s.spare == nil {
		s.spare = make([]byte, s.page)
	}
	for len(s.row) < size {
		if n < 2 || n > s.pages {
			return false
		}
		if s.work -= s.page; s.work < 0 {
			s.err = &LimitError{Reason: SafetyLimit, Detail: "rows of a database that lie one over the other"}
			return true
		}
		page, err := s.load(s.spare, n)
		if err != nil || len(page) < s.usable {
			return false
		}
		s.see(n)
		s.row = append(s.row, page[4:min(s.usable, 4+size-len(s.row))]...)
		n = int64(binary.BigEndian.Uint32(page))
	}
	return true
}

// record takes the texts from a row. Columns are kept apart by tabs.
func (s *sqliteText) record(row []byte) bool {
	size, n := varint(row)
	if n == 0 || size > uint64(len(row)) {
		return len(row) == 0
	}
	types, body := row[n:max(int(size), n)], row[size:]
	mark, longest := len(s.out), 0
	for len(types) > 0 {
		t, n := varint(types)
		if n == 0 {
			return false
		}
		types = types[n:]
		length := columnLen(t)
		if length > uint64(len(body)) {
			break // cut
		}
		col := body[:length]
		body = body[length:]
		if text := s.column(t, col); len(text) > 0 {
			if len(s.out) > mark {
				s.out = append(s.out, '\t')
			}
			s.out = append(s.out, text...)
			longest = max(longest, len(text))
		}
	}
	if longest < minString {
		s.out = s.out[:mark]
		return true
	}
	s.out = append(s.out, '\n')
	return true
}

// column returns the text in a column, if that is what it holds.
func (s *sqliteText) column(t uint64, col []byte) []byte {
	switch {
	case t < 12:
		return nil
	case t%2 == 0: // raw bytes
		if payloadOf(col[:min(len(col), headLen)]) != plainText || !looksText(col) {
			return nil
		}
	case s.enc != Text:
		return UTF16(nil, col, s.enc)
	}
	return col
}

// columnLen returns the length of a column of a type.
func columnLen(t uint64) uint64 {
	switch {
	case t >= 12:
		return (t - 12) / 2
	case t >= 8:
		return 0
	}
	return [...]uint64{0, 1, 2, 3, 4, 6, 8, 8}[t]
}

// texts takes the runs of visible characters from bytes of any kind.
func (s *sqliteText) texts(b []byte) {
	for i := 0; i < len(b); i++ {
		start := i
		for i < len(b) && (b[i] >= ' ' && b[i] != 0x7F || b[i] == '\t') {
			i++
		}
		if run := b[start:i]; len(run) >= minString && strings.TrimLeft(string(run[:minString]), " \xFF") != "" {
			s.out = append(append(s.out, run...), '\n')
		}
	}
}

// varint decodes a number as the format writes them: seven bits a byte, the
// highest first, all eight of the ninth. It returns the length, 0 for a fault.
func varint(b []byte) (v uint64, n int) {
	for n < len(b) {
		c := b[n]
		n++
		if n == 9 {
			return v<<8 | uint64(c), n
		}
		v = v<<7 | uint64(c&0x7F)
		if c < 0x80 {
			return v, n
		}
	}
	return 0, 0
}
