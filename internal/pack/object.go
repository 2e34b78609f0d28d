package pack

import (
	"bytes"
	"errors"
	"math"
	"strconv"
)

// Modes of tree entries, the kind only; git keeps permissions for files.
const (
	ModeDir     = 0o040000
	ModeFile    = 0o100000
	ModeSymlink = 0o120000
	ModeGitlink = 0o160000 // a commit of a submodule: not in this repository
	modeKind    = 0o170000
)

// Errors of the parsers.
var (
	ErrTree   = errors.New("malformed tree")
	ErrCommit = errors.New("malformed commit")
	ErrTag    = errors.New("malformed tag")
)

// A TreeEntry is a name in a tree.
type TreeEntry struct {
	Mode uint32
	Name []byte // inside the tree's data
	ID   ID
}

// Kind is the entry's mode without permissions: ModeDir, ModeFile, ...
func (e *TreeEntry) Kind() uint32 { return e.Mode & modeKind }

// A TreeReader goes through the entries of a tree without allocating.
//
//	for r := pack.ReadTree(h, data); r.Next(); {
//		use(r.Entry)
//	}
type TreeReader struct {
	Entry TreeEntry // valid after Next returned true
	data  []byte
	size  int
	err   error
}

// ReadTree returns a reader of the contents of a tree.
func ReadTree(h Hash, data []byte) *TreeReader {
	return &TreeReader{data: data, size: h.Size()}
}

// Next goes to the next entry. It returns false at the end and at an error.
func (r *TreeReader) Next() bool {
	if len(r.data) == 0 || r.err != nil {
		return false
	}
	mode, i := uint32(0), 0
	for ; i < len(r.data) && i < 8 && r.data[i] != ' '; i++ {
		c := r.data[i] - '0'
		if c > 7 {
			return r.fail()
		}
		mode = mode<<3 | uint32(c)
	}
	if i == 0 || i == len(r.data) || r.data[i] != ' ' {
		return r.fail()
	}
	rest := r.data[i+1:]
	end := bytes.IndexByte(rest, 0)
	if end <= 0 || len(rest)-end-1 < r.size {
		return r.fail()
	}
	r.Entry = TreeEntry{Mode: mode, Name: rest[:end], ID: MakeID(rest[end+1 : end+1+r.size])}
	r.data = rest[end+1+r.size:]
	return true
}

func (r *TreeReader) fail() bool {
	r.err = ErrTree
	return false
}

// Err returns ErrTree if the tree is malformed behind the last entry.
func (r *TreeReader) Err() error { return r.err }

// A Signature is who did something, and when. Its parts may be empty: old and
// foreign tools wrote all kinds of lines.
type Signature struct {
	Name  []byte // as written, no encoding assumed
	Email []byte
	Unix  int64 // seconds; 0 if the line has no usable date
	Zone  int   // minutes east of UTC
}

// A CommitHeader is the parsed head of a commit. The slices lie inside its data.
type CommitHeader struct {
	Tree      ID
	Parents   []ID
	Author    Signature
	Committer Signature
	Encoding  []byte // of names and message; empty means UTF-8
	Message   int    // offset in the data; its length if there is no message
}

// Parse reads a commit, reusing the memory of Parents. After an error the
// fields hold what could be read, and Message is set in any case.
func (c *CommitHeader) Parse(h Hash, data []byte) error {
	*c = CommitHeader{Parents: c.Parents[:0]}
	var err error
	first := true
	c.Message = headers(data, func(key, value []byte) {
		id, ok := ID{}, true
		switch string(key) {
		case "tree":
			if id, ok = parseHexID(h, value); first {
				c.Tree = id
			}
		case "parent":
			if id, ok = parseHexID(h, value); ok {
				c.Parents = append(c.Parents, id)
			}
		case "author":
			c.Author = parseSignature(value)
		case "committer":
			c.Committer = parseSignature(value)
		case "encoding":
			c.Encoding = value
		}
		if !ok {
			err = ErrCommit
		}
		first = false
	})
	if c.Tree == (ID{}) {
		return ErrCommit
	}
	return err
}

// A TagHeader is the parsed head of an annotated tag. The slices lie inside
// its data.
type TagHeader struct {
	Object  ID
	Type    Type // of Object
	Name    []byte
	Tagger  Signature // old tags have none
	Message int       // offset in the data; its length if there is no message
}

// Parse reads a tag. After an error the fields hold what could be read, and
// Message is set in any case.
func (t *TagHeader) Parse(h Hash, data []byte) error {
	*t = TagHeader{}
	okID, okType := false, false
	t.Message = headers(data, func(key, value []byte) {
		switch string(key) {
		case "object":
			t.Object, okID = parseHexID(h, value)
		case "type":
			t.Type, okType = parseType(value)
		case "tag":
			t.Name = value
		case "tagger":
			t.Tagger = parseSignature(value)
		}
	})
	if !okID || !okType {
		return ErrTag
	}
	return nil
}

// headers calls f for each header line and returns where the message starts.
// Continuation lines (signatures, embedded tags) are passed over.
func headers(data []byte, f func(key, value []byte)) int {
	for at := 0; at < len(data); {
		line := data[at:]
		next := len(data)
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line, next = line[:i], at+i+1
		}
		if len(line) == 0 {
			return next
		}
		if line[0] != ' ' {
			key, value, _ := bytes.Cut(line, []byte{' '})
			f(key, value)
		}
		at = next
	}
	return len(data)
}

// parseSignature reads "Name <email> seconds zone". Names and addresses may
// hold anything; as in git the date is what stands behind the last '>'.
func parseSignature(line []byte) Signature {
	var s Signature
	open, end := bytes.IndexByte(line, '<'), bytes.LastIndexByte(line, '>')
	if open < 0 || end < open {
		s.Name = bytes.TrimSpace(line)
		return s
	}
	s.Name = bytes.TrimSpace(line[:open])
	s.Email = line[open+1 : end]
	date, zone, _ := bytes.Cut(bytes.TrimSpace(line[end+1:]), []byte{' '})
	sec, err := strconv.ParseInt(string(date), 10, 64)
	if err != nil || sec == math.MinInt64 {
		return s
	}
	s.Unix = sec
	s.Zone = parseZone(bytes.TrimSpace(zone))
	return s
}

// parseZone reads "+hhmm" as minutes; 0 if it is anything else.
func parseZone(z []byte) int {
	if len(z) != 5 || z[0] != '+' && z[0] != '-' {
		return 0
	}
	n := 0
	for _, c := range z[1:] {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	m := n/100*60 + n%100
	if z[0] == '-' {
		return -m
	}
	return m
}

// References returns the length, in bytes and in lines, of what leads a commit
// or tag and refers to other objects by their names: trees, parents, the tagged
// object and its type.
func References(data []byte) (size, lines int) {
	for size < len(data) {
		rest := data[size:]
		if !bytes.HasPrefix(rest, []byte("tree ")) && !bytes.HasPrefix(rest, []byte("parent ")) &&
			!bytes.HasPrefix(rest, []byte("object ")) && !bytes.HasPrefix(rest, []byte("type ")) {
			break
		}
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			break
		}
		size += i + 1
		lines++
	}
	return size, lines
}
