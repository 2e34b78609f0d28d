package ignore

import (
	"regexp"
	"strings"
	"sync"

	gitignore "github.com/sabhiram/go-gitignore"
)

// maxLibraryRules is how many rules of one list go to the library. Compiling
// one there takes some 50 µs, which a list of any length must not multiply.
const maxLibraryRules = 64

// A libraryGlob is a glob compiled by go-gitignore when it is first needed. It
// is right for plain texts only.
type libraryGlob struct {
	line string
	once sync.Once
	list *gitignore.GitIgnore
}

// newLibraryGlob returns a glob for a literal start and what follows it, nil
// if the library has no words for it.
func newLibraryGlob(prefix string, g *glob) *libraryGlob {
	if !plain([]byte(prefix)) || g.thorough {
		return nil
	}
	var b strings.Builder
	// The slash anchors the line, the dollar sign keeps the library from
	// accepting whatever is below a match.
	b.WriteByte('/')
	for i := range len(prefix) {
		writeLibraryByte(&b, prefix[i])
	}
	for _, o := range g.ops {
		switch o.kind {
		case opByte:
			if !plain([]byte{o.b}) {
				return nil
			}
			writeLibraryByte(&b, o.b)
		case opAny:
			b.WriteString("[^/]") // a question mark is a literal to it
		case opStar:
			b.WriteString("*")
		case opDirs:
			b.WriteString("**/")
		case opAll:
			b.WriteString(`[\s\S]{0,}`) // its "/**" matches the folder itself, too
		default:
			return nil
		}
	}
	b.WriteByte('$')
	return &libraryGlob{line: b.String()}
}

// writeLibraryByte writes what the library takes for the byte itself: it
// escapes dots and question marks, and leaves the rest to regexp.
func writeLibraryByte(b *strings.Builder, c byte) {
	switch c {
	case '.':
		b.WriteByte(c)
	case '?':
		b.WriteString("[?]")
	default:
		b.WriteString(regexp.QuoteMeta(string(rune(c))))
	}
}

// match reports whether the whole text, which is plain, matches.
func (l *libraryGlob) match(text []byte) bool {
	l.once.Do(func() { l.list = gitignore.CompileIgnoreLines(l.line) })
	return l.list.MatchesPath(string(text))
}

// plain reports whether the text is printable ASCII, in which bytes are
// characters to the library, too, and its dot matches everything. A backslash
// is left out since the library takes it for a separator on some systems.
func plain(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}
