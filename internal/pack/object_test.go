package pack

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestParseCommit(t *testing.T) {
	id := strings.Repeat("0a", 20)
	tests := []struct {
		name, data string
		want       string
	}{
		{"plain", "tree " + id + "\nparent " + id + "\nauthor A B <a@b> 1600000000 +0130\ncommitter C <c@d> 1600000001 -0800\n\nsubject\n",
			"parents 1, A B|a@b|1600000000|90, C|c@d|1600000001|-480, subject\n, <nil>"},
		{"signed", "tree " + id + "\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\nencoding ISO-8859-1\ngpgsig x\n y\n \n author no\n\nm",
			"parents 0, A|a|1|0, A|a|1|0, m, <nil>"},
		{"no message", "tree " + id + "\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n", "parents 0, A|a|1|0, A|a|1|0, , <nil>"},
		{"odd names", "tree " + id + "\nauthor <x> <y>> 5 +0000\ncommitter nobody\n\nm", "parents 0, |x> <y>|5|0, nobody||0|0, m, <nil>"},
		{"bad dates", "tree " + id + "\nauthor A <a> 99999999999999999999 +0000\ncommitter A <a> x y\n\nm", "parents 0, A|a|0|0, A|a|0|0, m, <nil>"},
		{"bad zone", "tree " + id + "\nauthor A <a> 7 +00\ncommitter A <a> 7\n\nm", "parents 0, A|a|7|0, A|a|7|0, m, <nil>"},
		{"no tree", "author A <a> 1 +0000\n\nm", "parents 0, A|a|1|0, ||0|0, m, malformed commit"},
		{"empty", "", "parents 0, ||0|0, ||0|0, , malformed commit"},
	}
	show := func(s Signature) string { return fmt.Sprintf("%s|%s|%d|%d", s.Name, s.Email, s.Unix, s.Zone) }
	for _, tt := range tests {
		var c CommitHeader
		err := c.Parse(SHA1, []byte(tt.data))
		got := fmt.Sprintf("parents %d, %s, %s, %s, %v", len(c.Parents), show(c.Author), show(c.Committer), tt.data[c.Message:], err)
		if got != tt.want {
			t.Errorf("%s: %q: got %s, want %s", tt.name, tt.data, got, tt.want)
		}
	}
}

func TestParseTag(t *testing.T) {
	id := strings.Repeat("0b", 32)
	data := "object " + id + "\ntype commit\ntag v1\ntagger T <t@u> 1600000000 +0000\n\nnotes\n"
	var h TagHeader
	err := h.Parse(SHA256, []byte(data))
	if err != nil || h.Object.String() != id || h.Type != Commit || string(h.Name) != "v1" || string(h.Tagger.Email) != "t@u" || data[h.Message:] != "notes\n" {
		t.Errorf("%q: got %+v, %v", data, h, err)
	}
	for _, bad := range []string{"", "object x\ntype commit\n", "object " + id + "\ntype wood\n"} {
		if err := h.Parse(SHA256, []byte(bad)); err != ErrTag {
			t.Errorf("%q: error %v, want %v", bad, err, ErrTag)
		}
	}
}

func TestReadTree(t *testing.T) {
	sum := strings.Repeat("x", 20)
	tests := []struct {
		data, want string
		err        error
	}{
		{"", "", nil},
		{"100644 a\x00" + sum + "40000 b\x00" + sum, "100644 a,40000 b,", nil},
		{"100644 a\x00" + sum + "40000 b\x00" + sum[1:], "100644 a,", ErrTree},
		{"100644 \x00" + sum, "", ErrTree},
		{"100844 a\x00" + sum, "", ErrTree},
		{" a\x00" + sum, "", ErrTree},
		{"100644", "", ErrTree},
		{"1006441000 a\x00" + sum, "", ErrTree},
	}
	for _, tt := range tests {
		got := ""
		r := ReadTree(SHA1, []byte(tt.data))
		for r.Next() {
			got += fmt.Sprintf("%o %s,", r.Entry.Mode, r.Entry.Name)
		}
		if got != tt.want || r.Err() != tt.err {
			t.Errorf("%q: got %q, %v, want %q, %v", tt.data, got, r.Err(), tt.want, tt.err)
		}
	}
	data := []byte(strings.Repeat("100644 name\x00"+sum, 50))
	n := 0
	if allocs := testing.AllocsPerRun(10, func() {
		for r := ReadTree(SHA1, data); r.Next(); {
			n += len(r.Entry.Name)
		}
	}); allocs > 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}

// TestObjectsOfGit: the parsers read what git writes.
func TestObjectsOfGit(t *testing.T) {
	for _, h := range []Hash{SHA1, SHA256} {
		r := newRepo(t, h)
		r.history(1, 4)
		s := r.open(Options{})
		var got strings.Builder
		for _, line := range r.Lines("log", "--format=%H", "--all") {
			id, err := ParseID(line)
			if err != nil {
				t.Fatal(err)
			}
			_, data, err := s.Get(id)
			if err != nil {
				t.Fatal(err)
			}
			var c CommitHeader
			if err := c.Parse(h, data); err != nil {
				t.Errorf("%v: %v", id, err)
			}
			parents := make([]string, len(c.Parents))
			for i, p := range c.Parents {
				parents[i] = p.String()
			}
			fmt.Fprintf(&got, "%v|%v|%s|%s|%s|%d|%s", id, c.Tree, strings.Join(parents, " "), c.Author.Name, c.Committer.Email, c.Committer.Unix, data[c.Message:])
		}
		want := r.Git("log", "--all", "--format=tformat:%H|%T|%P|%an|%ce|%ct|%B")
		want = strings.ReplaceAll(want, "\n\n", "\n")
		if got.String() != want {
			t.Errorf("%v: got\n%s\nwant\n%s", h, got.String(), want)
		}
		tree := r.Git("rev-parse", "HEAD^{tree}")
		id, _ := ParseID(tree)
		_, data, err := s.Get(id)
		if err != nil {
			t.Fatal(err)
		}
		got.Reset()
		tr := ReadTree(h, data)
		for tr.Next() {
			fmt.Fprintf(&got, "%06o %v\t%s\n", tr.Entry.Mode, tr.Entry.ID, tr.Entry.Name)
		}
		want = r.Git("ls-tree", "--format=%(objectmode) %(objectname)%x09%(path)", tree) + "\n"
		if got.String() != want || tr.Err() != nil {
			t.Errorf("%v: tree: got\n%s\nwant\n%s", h, got.String(), want)
		}
	}
}

// FuzzObject: the parsers stay inside their data.
func FuzzObject(f *testing.F) {
	f.Add([]byte("tree " + strings.Repeat("0a", 20) + "\nauthor A <a> 1 +0000\n\nm"))
	f.Add([]byte("object " + strings.Repeat("0a", 20) + "\ntype commit\ntag x\ntagger A <a> 1 +0000\n\nm"))
	f.Add([]byte("100644 a\x00" + strings.Repeat("x", 20)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c CommitHeader
		var tag TagHeader
		for _, h := range []Hash{SHA1, SHA256} {
			_ = c.Parse(h, data)
			_ = tag.Parse(h, data)
			for _, m := range []int{c.Message, tag.Message} {
				if m < 0 || m > len(data) {
					t.Errorf("%q: message at %d of %d", data, m, len(data))
				}
			}
			rest := 0
			for r := ReadTree(h, data); r.Next(); {
				e := &r.Entry
				if len(e.Name) == 0 || bytes.IndexByte(e.Name, 0) >= 0 {
					t.Errorf("%q: name %q", data, e.Name)
				}
				rest += len(e.Name) + h.Size() + 3
			}
			if rest > len(data) {
				t.Errorf("%q: entries of %d bytes in %d", data, rest, len(data))
			}
		}
	})
}

func TestReferences(t *testing.T) {
	tests := []struct {
		text  string
		lines int
		rest  string
	}{
		{"tree a\nparent b\nparent c\nauthor d\n\nsubject\n", 3, "author d\n\nsubject\n"},
		{"object a\ntype commit\ntag v1\n\nmessage\n", 2, "tag v1\n\nmessage\n"},
		{"author d\ntree e\n", 0, "author d\ntree e\n"},
		{"tree without an end", 0, "tree without an end"},
		{"", 0, ""},
	}
	for _, tt := range tests {
		size, lines := References([]byte(tt.text))
		if lines != tt.lines || tt.text[size:] != tt.rest {
			t.Errorf("%q: %d lines, rest %q; want %d and %q", tt.text, lines, tt.text[size:], tt.lines, tt.rest)
		}
	}
}
