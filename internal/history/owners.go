package history

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/pack"
)

// maxOwners bounds a CODEOWNERS file, in bytes; GitHub reads up to 3 MB.
const maxOwners = 3 << 20

// codeOwners are the rules of a CODEOWNERS file.
type codeOwners struct {
	sections [][]ownerRule // the last rule of each that matches counts
}

type ownerRule struct {
	path   *regexp.Regexp
	owners []string
}

// Owners returns who owns a path by the CODEOWNERS file of HEAD, nobody if
// there is none.
func (a *Audit) Owners(path string) []string {
	if a.owners == nil {
		a.owners = parseOwners(a.ownersFile())
	}
	return a.owners.of(path)
}

// ownersFile reads CODEOWNERS where GitHub, GitLab and others look for it.
func (a *Audit) ownersFile() []byte {
	tree := a.headTree()
	for _, path := range []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"} {
		id, ok := a.entryAt(tree, path)
		if !ok {
			continue
		}
		if kind, data, err := a.store.Get(id); err == nil && kind == pack.Blob && len(data) <= maxOwners {
			return data
		}
	}
	return nil
}

// headTree returns the tree of HEAD, the zero id if it cannot be read.
func (a *Audit) headTree() pack.ID {
	kind, data, err := a.store.Get(a.tips.head)
	if err != nil || kind != pack.Commit {
		return pack.ID{}
	}
	var h pack.CommitHeader
	_ = h.Parse(a.store.Hash(), data)
	return h.Tree
}

// entryAt returns what stands at a path below a tree.
func (a *Audit) entryAt(tree pack.ID, path string) (pack.ID, bool) {
	for {
		name, rest, more := strings.Cut(path, "/")
		kind, data, err := a.store.Get(tree)
		if err != nil || kind != pack.Tree {
			return pack.ID{}, false
		}
		found := false
		for r := pack.ReadTree(a.store.Hash(), data); r.Next(); {
			if string(r.Entry.Name) == name {
				tree, found = r.Entry.ID, true
				break
			}
		}
		if !found || !more {
			return tree, found
		}
		path = rest
	}
}

// parseOwners reads the text of a CODEOWNERS file. Lines that cannot be read
// are left out, as the sites do that use it.
func parseOwners(data []byte) *codeOwners {
	c := &codeOwners{sections: [][]ownerRule{nil}}
	var standard []string // owners of the section's rules that name none
	for line := range bytes.Lines(data) {
		words := ownerWords(string(bytes.TrimRight(line, "\r\n")))
		switch {
		case len(words) == 0:
			continue
		case strings.HasPrefix(words[0], "[") || strings.HasPrefix(words[0], "^["):
			standard = sectionOwners(words)
			c.sections = append(c.sections, nil)
			continue
		}
		owners := words[1:]
		if len(owners) == 0 {
			owners = standard
		}
		if re, err := regexp.Compile(ownerPattern(words[0])); err == nil {
			last := &c.sections[len(c.sections)-1]
			*last = append(*last, ownerRule{re, owners})
		}
	}
	return c
}

// sectionOwners returns the owners behind "[Name]" or "^[Name][2]".
func sectionOwners(words []string) []string {
	for i, w := range words {
		if strings.HasPrefix(w, "@") || strings.Contains(w, "@") && !strings.Contains(w, "]") {
			return words[i:]
		}
	}
	return nil
}

// ownerWords splits a line at white space that no backslash is before, and ends
// it at a comment.
func ownerWords(line string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line):
			word.WriteString(line[i : i+2])
			i++
		case c == ' ' || c == '\t':
			end()
		case c == '#' && word.Len() == 0:
			return words
		default:
			word.WriteByte(c)
		}
	}
	end()
	return words
}

// ownerPattern translates a pattern into a regular expression for whole paths.
func ownerPattern(p string) string {
	dir := strings.HasSuffix(p, "/")
	p = strings.TrimSuffix(p, "/")
	var b strings.Builder
	if b.WriteString(`^`); !strings.Contains(p, "/") {
		b.WriteString(`(?:.*/)?`)
	}
	p = strings.TrimPrefix(p, "/")
	b.WriteString(globPattern(p))
	switch {
	case dir:
		b.WriteString(`/.*`)
	case strings.HasSuffix(p, "/*"): // what stands in the folder itself
	default:
		b.WriteString(`(?:/.*)?`)
	}
	b.WriteString(`$`)
	return b.String()
}

func (c *codeOwners) of(path string) []string {
	var out []string
	for _, section := range c.sections {
		for _, r := range slices.Backward(section) {
			if !r.path.MatchString(path) {
				continue
			}
			for _, o := range r.owners {
				if !slices.Contains(out, o) {
					out = append(out, o)
				}
			}
			break
		}
	}
	return out
}
