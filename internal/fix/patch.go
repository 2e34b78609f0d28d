package fix

import (
	"path"
	"slices"
	"strings"
)

// A Literal is a credential on one line.
type Literal struct {
	Span         // in the line, in bytes
	Name  string // of the environment variable it is to come from
	Shown string // what stands for it where it is shown
}

// A language says how to read an environment variable.
type language struct {
	read    func(name string) string
	join    string // joins strings; empty if variables stand within them
	inside  string // how a variable stands within a literal, with NAME for its name
	quotes  string // that delimit literals
	imports string // what has to be imported for it
}

// languageOf returns how a file reads the environment, by its name.
func languageOf(name string) (language, bool) {
	call := func(before, after string) func(string) string {
		return func(n string) string { return before + n + after }
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".py", ".pyi", ".pyw":
		return language{read: call(`os.environ["`, `"]`), join: " + ", quotes: `"'`, imports: "import os"}, true
	case ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte":
		return language{read: call("process.env.", ""), join: " + ", quotes: "\"'", inside: "${process.env.NAME}"}, true
	case ".java", ".kt", ".kts", ".groovy", ".scala":
		return language{read: call(`System.getenv("`, `")`), join: " + ", quotes: `"'`}, true
	case ".rb", ".rake", ".gemspec":
		return language{read: call(`ENV.fetch("`, `")`), join: " + ", quotes: `"'`}, true
	case ".php", ".phtml":
		return language{read: call("getenv('", "')"), join: " . ", quotes: `"'`}, true
	case ".cs", ".cshtml":
		return language{read: call(`Environment.GetEnvironmentVariable("`, `")`), join: " + ", quotes: `"`, imports: "using System;"}, true
	case ".go":
		return language{read: call(`os.Getenv("`, `")`), join: " + ", quotes: "\"`", imports: `import "os"`}, true
	case ".sh", ".bash", ".zsh", ".ksh":
		return language{inside: "${NAME:?}", quotes: `"'`}, true
	case ".yml", ".yaml", ".properties", ".conf", ".tpl":
		return language{inside: "${NAME}"}, true
	}
	return language{}, false
}

// EnvPatch returns a line of a file as it is to be shown, and as it is when it
// reads its credentials from the environment, with what that needs to have
// imported. It is false for a language it does not know. What it returns is to
// be shown: nobody has checked that it compiles.
func EnvPatch(name, line string, literals []Literal) (old, next, imports string, ok bool) {
	lang, ok := languageOf(name)
	if !ok || len(literals) == 0 {
		return "", "", "", false
	}
	literals = slices.Clone(literals)
	slices.SortFunc(literals, func(a, b Literal) int { return b.Start - a.Start })
	old, next = line, line
	limit := len(line)
	for _, l := range literals {
		if l.Start < 0 || l.Start >= l.End || l.End > limit {
			return "", "", "", false
		}
		limit = l.Start
		old = old[:l.Start] + l.Shown + old[l.End:]
		next = lang.replace(next, l)
	}
	return old, next, lang.imports, true
}

// replace puts the variable in the place of the literal.
func (g *language) replace(line string, l Literal) string {
	before, after := line[:l.Start], line[l.End:]
	open := strings.LastIndexAny(before, "\"'`")
	end := -1
	var quote byte
	if open >= 0 {
		quote = before[open]
		end = strings.IndexByte(after, quote)
	}
	inside := strings.ReplaceAll(g.inside, "NAME", l.Name)
	switch {
	case g.read == nil && (quote != '\'' || end < 0) || quote == '`' && g.inside != "":
		if g.quotes != "" && (open < 0 || end < 0) {
			inside = `"` + inside + `"` // a word of a shell
		}
		return before + inside + after
	case g.read == nil && g.quotes == "":
		return before + inside + after // YAML: quotes are kept
	case g.read == nil:
		return before + `'"` + inside + `"'` + after
	case end < 0 || !strings.ContainsRune(g.quotes, rune(quote)):
		return before + g.read(l.Name) + after
	}
	text := g.read(l.Name)
	if lead := before[open+1:]; lead != "" {
		text = before[open:] + string(quote) + g.join + text
	}
	if tail := after[:end]; tail != "" {
		text += g.join + string(quote) + after[:end+1]
	}
	return before[:open] + text + after[end+1:]
}

// EnvName returns the name of the variable that a credential is to come from:
// that of what it is assigned to, in the text before it, else fallback.
func EnvName(before, fallback string) string {
	s := strings.TrimRight(before, " \t\"'`(")
	if i := strings.LastIndexAny(s, "=:"); i >= 0 && i >= len(s)-2 {
		s = strings.TrimRight(s[:i], " \t=:>\"'`]")
	} else {
		s = ""
	}
	start := len(s)
	for start > 0 && isNameByte(s[start-1]) {
		start--
	}
	if name := upperSnake(s[start:]); len(name) > 2 {
		return name
	}
	return upperSnake(fallback)
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// upperSnake turns apiKey, api-key and API_KEY into API_KEY.
func upperSnake(s string) string {
	var out strings.Builder
	for i := range len(s) {
		c := s[i]
		upper := c >= 'A' && c <= 'Z'
		switch {
		case c == '-' || c == '.' || c == ' ':
			c = '_'
		case upper && i > 0 && s[i-1] >= 'a' && s[i-1] <= 'z':
			out.WriteByte('_')
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		out.WriteByte(c)
	}
	return strings.Trim(out.String(), "_0123456789")
}
