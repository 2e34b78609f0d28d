package judge

// Family groups languages that write an assignment and its literals alike.
type Family uint8

// The families, by what a bare word on the right of an operator may be.
const (
	FamilyText   Family = iota // plain text, logs, unknown extensions
	FamilyMarkup               // Markdown, reStructuredText, AsciiDoc
	FamilyGo                   // Go
	FamilyPython               // Python
	FamilyJS                   // JavaScript, TypeScript and what embeds them
	FamilyJVM                  // Java, C#, Kotlin, Scala, Groovy, Swift, Dart
	FamilyRuby                 // Ruby
	FamilyPHP                  // PHP
	FamilyC                    // C, C++, Objective-C
	FamilyRust                 // Rust
	FamilyOther                // Haskell, Elixir, Clojure, Lua, Perl, R and other code
	FamilyShell                // POSIX shells, PowerShell, batch files, Makefiles
	FamilyDocker               // Dockerfiles
	FamilyYAML                 // YAML and its templates
	FamilyJSON                 // JSON, HAR, notebooks
	FamilyTOML                 // TOML
	FamilyINI                  // INI, properties, dotenv, server configuration
	FamilyXML                  // XML, HTML, property lists
	FamilyHCL                  // Terraform and other HCL
	FamilySQL                  // SQL
	FamilyCSV                  // comma or tab separated values
	FamilyStyle                // CSS and its dialects
	familyCount
)

var familyNames = [familyCount]string{
	"text", "markup", "go", "python", "javascript", "jvm", "ruby", "php", "c", "rust", "code",
	"shell", "docker", "yaml", "json", "toml", "ini", "xml", "hcl", "sql", "csv", "style",
}

// String returns the family's name as [Explanation] prints it.
func (f Family) String() string {
	if f < familyCount {
		return familyNames[f]
	}
	return "unknown"
}

// code reports whether a bare word in f is an identifier rather than a value.
func (f Family) code() bool { return f >= FamilyGo && f <= FamilyOther || f == FamilyStyle }

// bareToLineEnd reports whether an unquoted value of f runs to the end of its line.
func (f Family) bareToLineEnd() bool {
	return f == FamilyYAML || f == FamilyINI
}

// FamilyOf returns the family of the file at path, by its base name and extension.
// Endings that only say "this is a template or sample" are looked through.
func FamilyOf(path string) Family {
	base := path
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' || path[i] == '\\' {
			base = path[i+1:]
			break
		}
	}
	for range 3 {
		dot := -1
		for i := len(base) - 1; i >= 0; i-- {
			if base[i] == '.' {
				dot = i
				break
			}
		}
		if dot < 0 {
			return familyOfName(base)
		}
		var buf [16]byte
		ext := lowerInto(buf[:0], base[dot+1:])
		f, ok := familyOfExt(ext)
		if ok {
			return f
		}
		if !looksThrough(ext) {
			return familyOfName(base)
		}
		base = base[:dot]
	}
	return FamilyText
}

func lowerInto(dst []byte, s string) []byte {
	for i := 0; i < len(s) && len(dst) < cap(dst); i++ {
		dst = append(dst, lower(s[i]))
	}
	return dst
}

func looksThrough(ext []byte) bool {
	switch string(ext) {
	case "j2", "tmpl", "tpl", "template", "example", "sample", "dist", "erb", "in", "bak", "orig", "old",
		"local", "default", "gotmpl", "mustache", "hbs", "ejs", "jinja", "jinja2", "enc", "snap":
		return true
	}
	return false
}

func familyOfName(base string) Family {
	var buf [16]byte
	switch name := lowerInto(buf[:0], base); {
	case hasPrefix(name, "dockerfile"), hasPrefix(name, "containerfile"):
		return FamilyDocker
	case hasPrefix(name, "makefile"), hasPrefix(name, "gnumakefile"), hasPrefix(name, ".bash"), hasPrefix(name, ".zsh"), hasPrefix(name, ".profile"):
		return FamilyShell
	case hasPrefix(name, ".env"), hasPrefix(name, ".npmrc"), hasPrefix(name, ".pypirc"), hasPrefix(name, ".my.cnf"), hasPrefix(name, ".git"),
		hasPrefix(name, ".s3cfg"), hasPrefix(name, "credentials"), hasPrefix(name, "config"):
		return FamilyINI
	case hasPrefix(name, "rakefile"), hasPrefix(name, "gemfile"), hasPrefix(name, "vagrantfile"), hasPrefix(name, "fastfile"):
		return FamilyRuby
	case hasPrefix(name, "jenkinsfile"):
		return FamilyJVM
	}
	return FamilyText
}

func familyOfExt(ext []byte) (Family, bool) {
	switch string(ext) {
	case "go":
		return FamilyGo, true
	case "py", "pyi", "pyx", "pyw", "bzl", "star":
		return FamilyPython, true
	case "js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx", "vue", "svelte", "coffee", "es6":
		return FamilyJS, true
	case "java", "cs", "kt", "kts", "scala", "sbt", "groovy", "gradle", "swift", "dart", "vb", "fs", "jsp", "cshtml", "razor":
		return FamilyJVM, true
	case "rb", "rake", "gemspec", "ru":
		return FamilyRuby, true
	case "php", "phtml", "inc", "php5":
		return FamilyPHP, true
	case "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm", "ino":
		return FamilyC, true
	case "rs":
		return FamilyRust, true
	case "hs", "ex", "exs", "erl", "clj", "cljs", "cljc", "lua", "pl", "pm", "r", "ml", "jl", "elm", "nim", "zig", "cr", "proto", "graphql", "sol":
		return FamilyOther, true
	case "sh", "bash", "zsh", "ksh", "fish", "bats", "ps1", "psm1", "psd1", "bat", "cmd", "mk", "make", "profile":
		return FamilyShell, true
	case "dockerfile", "containerfile":
		return FamilyDocker, true
	case "yml", "yaml", "eyaml", "raml":
		return FamilyYAML, true
	case "json", "json5", "jsonc", "jsonl", "har", "ipynb", "geojson", "avsc", "tfstate", "webmanifest":
		return FamilyJSON, true
	case "toml":
		return FamilyTOML, true
	case "ini", "cfg", "cnf", "conf", "cf", "properties", "env", "rsp", "config", "netrc", "npmrc", "pypirc", "reg", "strings", "desktop", "service", "envrc", "prefs":
		return FamilyINI, true
	case "xml", "html", "htm", "xhtml", "xaml", "axaml", "resx", "plist", "storyboard", "xib", "csproj", "pom", "svg", "wsdl", "xsd", "vsmdi", "testsettings":
		return FamilyXML, true
	case "tf", "tfvars", "hcl", "nomad":
		return FamilyHCL, true
	case "sql", "psql", "ddl", "mysql":
		return FamilySQL, true
	case "md", "markdown", "rst", "adoc", "asciidoc", "mdx", "org", "textile", "wiki":
		return FamilyMarkup, true
	case "csv", "tsv":
		return FamilyCSV, true
	case "css", "less", "scss", "sass", "styl":
		return FamilyStyle, true
	case "txt", "text", "log", "http", "rest":
		return FamilyText, true
	}
	return FamilyText, false
}
