package policy

import (
	"path"
	"strings"
)

// Paste returns the comment that allows a finding of a rule in a file, in the
// syntax of the file's type, with a word to be replaced by the reason: it does
// not count before that. For a type without comments, as JSON, it returns an
// empty string.
func Paste(name, rule string) string {
	open, end, ok := commentSyntax(name)
	if !ok {
		return ""
	}
	return open + " " + ownMarker + " " + rule + " " + placeholder + end
}

// commentSyntax returns what opens and closes a comment in a file of this name. A
// type that is not known is taken for one with number signs.
func commentSyntax(name string) (open, end string, ok bool) {
	base := strings.ToLower(path.Base(name))
	switch base {
	case "go.mod", "go.work", "jenkinsfile":
		return "//", "", true
	case "package-lock.json", "composer.lock", "pipfile.lock":
		return "", "", false
	case "pom.xml":
		return "<!--", " -->", true
	}
	switch strings.TrimPrefix(path.Ext(base), ".") {
	case "json", "jsonl", "ndjson", "ipynb", "csv", "tsv", "txt", "log", "pem", "key", "crt", "cer", "diff", "patch", "har", "lock":
		return "", "", false
	case "go", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "java", "kt", "kts", "scala", "groovy", "gradle", "c", "h", "cc", "cpp", "cxx",
		"hpp", "m", "mm", "cs", "swift", "rs", "php", "dart", "proto", "jsonc", "json5", "zig", "v", "sol", "fs", "fsx", "scss", "less", "bicep", "cue":
		return "//", "", true
	case "html", "htm", "xhtml", "xml", "svg", "xsd", "xsl", "xslt", "vue", "svelte", "md", "markdown", "plist", "csproj", "vbproj", "fsproj",
		"props", "targets", "config", "xaml", "resx", "wsdl", "storyboard":
		return "<!--", " -->", true
	case "css":
		return "/*", " */", true
	case "sql", "lua", "hs", "elm", "adb", "ads", "vhd", "vhdl":
		return "--", "", true
	case "lisp", "el", "clj", "cljs", "edn", "scm", "asm", "reg", "ahk":
		return ";", "", true
	case "tex", "erl", "hrl", "sty":
		return "%", "", true
	case "ml", "mli":
		return "(*", " *)", true
	case "vb", "vbs", "bas":
		return "'", "", true
	case "vim":
		return `"`, "", true
	case "bat", "cmd":
		return "REM", "", true
	case "jinja", "j2", "jinja2", "twig":
		return "{#", " #}", true
	case "jsp", "aspx", "ascx":
		return "<%--", " --%>", true
	case "f90", "f95", "f03":
		return "!", "", true
	}
	return "#", "", true
}
