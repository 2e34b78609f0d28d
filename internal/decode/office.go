package decode

import (
	"bufio"
	"bytes"
	"strings"
	"unicode/utf8"
)

// isOffice reports whether a file in a container is the text of an office
// document, by its path and the namespaces at its start. Their other parts,
// such as relations and connections, keep what matters in attributes.
func isOffice(name string, head []byte) bool {
	if !strings.HasSuffix(name, ".xml") {
		return false
	}
	inner := name[strings.LastIndexByte(name, '!')+1:]
	head = head[:min(len(head), 4096)]
	switch {
	case inner == "content.xml" || strings.HasSuffix(inner, "/content.xml"):
		return bytes.Contains(head, []byte("office:document-content"))
	case strings.HasPrefix(inner, "word/"), strings.HasPrefix(inner, "ppt/slides/"), strings.HasPrefix(inner, "ppt/notesSlides/"),
		strings.HasPrefix(inner, "ppt/comments/"), inner == "xl/sharedStrings.xml", strings.HasPrefix(inner, "xl/worksheets/"),
		strings.HasPrefix(inner, "xl/comments"):
		return bytes.Contains(head, []byte("schemas.openxmlformats.org")) || bytes.Contains(head, []byte("purl.oclc.org/ooxml"))
	}
	return false
}

// maxTag is how much of a tag or an entity is looked at, in bytes.
const maxTag = 512

// An xmlText reads the text of an XML document without its tags: runs within a
// paragraph join, and each paragraph, row or string ends a line.
type xmlText struct {
	r    *bufio.Reader
	out  []byte
	next int // of out
	err  error
	tag  [maxTag]byte
	end  string // of the section in which the reader is, if it is in one
	keep bool   // the text of that section

	// In a sheet, a cell may hold the number of a string that stands elsewhere.
	shared, value bool
}

func newXMLText(r *bufio.Reader) *xmlText { return &xmlText{r: r} }

// Read implements io.Reader.
func (x *xmlText) Read(p []byte) (int, error) {
	for x.next == len(x.out) {
		if x.err != nil {
			return 0, x.err
		}
		x.out, x.next = x.out[:0], 0
		for len(x.out) < 4096 && x.err == nil {
			x.err = x.step()
		}
	}
	n := copy(p, x.out[x.next:])
	x.next += n
	return n, nil
}

// step reads a tag, a reference, or some text.
func (x *xmlText) step() error {
	if x.end != "" {
		return x.section()
	}
	if _, err := x.r.Peek(1); err != nil {
		return err
	}
	buf, _ := x.r.Peek(x.r.Buffered())
	switch buf[0] {
	case '<':
		return x.markup()
	case '&':
		ref, _ := x.r.Peek(10)
		if r, n := charReference(ref); n > 0 {
			x.text(utf8.AppendRune(nil, r))
			_, err := x.r.Discard(n)
			return err
		}
	}
	n := bytes.IndexAny(buf[1:], "<&\n\r") + 1
	if n == 0 {
		n = len(buf)
	}
	if buf[0] != '\n' && buf[0] != '\r' {
		x.text(buf[:n])
	}
	_, err := x.r.Discard(n)
	return err
}

func (x *xmlText) text(b []byte) {
	if !x.shared || !x.value {
		x.out = append(x.out, b...)
	}
}

// markup reads what starts with "<".
func (x *xmlText) markup() error {
	switch head, _ := x.r.Peek(9); {
	case bytes.HasPrefix(head, []byte("<![CDATA[")):
		x.end, x.keep = "]]>", true
		_, err := x.r.Discard(9)
		return err
	case bytes.HasPrefix(head, []byte("<!--")):
		x.end, x.keep = "-->", false
		_, err := x.r.Discard(4)
		return err
	}
	n, quote := 0, byte(0)
	for {
		c, err := x.r.ReadByte()
		if err != nil {
			return err
		}
		if n < len(x.tag) {
			x.tag[n] = c
			n++
		}
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			x.seen(x.tag[1 : n-1])
			return nil
		}
	}
}

// section reads on in a comment or in text that is not parsed.
func (x *xmlText) section() error {
	buf, err := x.r.Peek(max(x.r.Buffered(), len(x.end)))
	if n := bytes.Index(buf, []byte(x.end)); n >= 0 {
		x.kept(buf[:n])
		n += len(x.end)
		x.end = ""
		_, err := x.r.Discard(n)
		return err
	}
	n := len(buf)
	if err == nil {
		n -= len(x.end) - 1 // it may have begun
	}
	x.kept(buf[:n])
	if _, err := x.r.Discard(n); err != nil {
		return err
	}
	return err
}

func (x *xmlText) kept(b []byte) {
	if x.keep {
		x.text(b)
	}
}

// seen takes note of a tag, which is given without its brackets.
func (x *xmlText) seen(tag []byte) {
	closing := bytes.HasPrefix(tag, []byte("/"))
	tag = bytes.TrimPrefix(tag, []byte("/"))
	empty := bytes.HasSuffix(tag, []byte("/"))
	name, attrs := tag, []byte(nil)
	if n := bytes.IndexAny(tag, " \t\r\n/"); n >= 0 {
		name, attrs = tag[:n], tag[n:]
	}
	space, local, ok := bytes.Cut(name, []byte(":"))
	if !ok {
		space, local = nil, name
	}
	switch string(local) {
	case "p", "h", "si", "row", "comment":
		if closing || empty {
			x.out = append(x.out, '\n')
		}
	case "br", "cr", "line-break":
		x.out = append(x.out, '\n')
	case "tab", "ptab":
		x.out = append(x.out, '\t')
	case "s":
		if string(space) == "text" {
			x.out = append(x.out, ' ')
		}
	case "c": // a cell
		if closing {
			x.out = append(x.out, '\t')
		}
		x.shared = !closing && bytes.Contains(attrs, []byte(`t="s"`))
	case "v":
		x.value = !closing && !empty
	}
}
