package fix

import (
	"bytes"
	"strings"
	"testing"
)

func TestAddPattern(t *testing.T) {
	for _, tt := range []struct{ name, old, line, want string }{
		{"empty", "", ".env", ".env\n"},
		{"no fitting block", "*.o\n", "/id_rsa", "*.o\n\n/id_rsa\n"},
		{"no final newline", "*.o", "/id_rsa", "*.o\n\n/id_rsa"},
		{"fits at the end without a newline", ".env.local", ".env.test", ".env.local\n.env.test"},
		{"sorted block", "*.o\n\n.env.a\n.env.c\n\n/bin/\n", ".env.b", "*.o\n\n.env.a\n.env.b\n.env.c\n\n/bin/\n"},
		{"block not sorted", ".env.c\n.env.a\n\nx\n", ".env.b", ".env.c\n.env.a\n.env.b\n\nx\n"},
		{"negation in the block", ".env.*\n!.env.example\n\nx\n", ".env.b", ".env.*\n!.env.example\n.env.b\n\nx\n"},
		{"comment decides", "# build\nout\n\n# secrets\nfoo\n", "/prod.yml", "# build\nout\n\n# secrets\n/prod.yml\nfoo\n"},
		{"same folder", "a/x.yml\nb/x.ini\n", "b/y.conf", "a/x.yml\nb/x.ini\nb/y.conf\n"},
		{"CRLF", "*.o\r\n\r\n.env.b\r\n", ".env.a", "*.o\r\n\r\n.env.a\r\n.env.b\r\n"},
		{"CRLF without a final newline", "*.o\r\nfoo", "/k", "*.o\r\nfoo\r\n\r\n/k"},
		{"byte order mark", "\xef\xbb\xbf.env.b\n", ".env.a", "\xef\xbb\xbf.env.a\n.env.b\n"},
		{"other encoding", "caf\xe9\n", "/k", "caf\xe9\n\n/k\n"},
		{"blank line at the end", "*.o\n\n", "/k", "*.o\n\n/k\n"},
	} {
		f, err := parseText([]byte(tt.old))
		if err != nil {
			t.Fatal(err)
		}
		f.addPattern(tt.line, false)
		if got := string(f.bytes()); got != tt.want {
			t.Errorf("%s: %q with %q is %q, want %q", tt.name, tt.old, tt.line, got, tt.want)
		}
	}
	for _, bad := range []string{"a\x00b", "\xff\xfe.\x00"} {
		if _, err := parseText([]byte(bad)); err == nil {
			t.Errorf("parseText(%q) is no error", bad)
		}
	}
}

// FuzzAddPattern holds every insertion to add one line, and perhaps an empty
// one before it, and to change no other byte but the end of the last line.
func FuzzAddPattern(f *testing.F) {
	f.Add("*.o\r\n# env\r\n.env.b", ".env.a")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, old, line string) {
		if strings.ContainsAny(line, "\r\n") || strings.TrimSpace(line) == "" || strings.Contains(old, "\r\r") {
			return
		}
		text, err := parseText([]byte(old))
		if err != nil {
			return
		}
		if got := text.bytes(); !bytes.Equal(got, []byte(old)) {
			t.Fatalf("%q comes out as %q", old, got)
		}
		text.addPattern(line, len(line)%2 == 0)
		got := string(text.bytes())
		if len(got) < len(old)+len(line) || strings.HasSuffix(old, "\n") != strings.HasSuffix(got, "\n") && old != "" {
			t.Errorf("%q with %q is %q", old, line, got)
		}
		rest := splitLines([]byte(got))
		for _, l := range splitLines([]byte(old)) {
			l = strings.TrimRight(l, "\r\n")
			for len(rest) > 0 && strings.TrimRight(rest[0], "\r\n") != l {
				rest = rest[1:]
			}
			if len(rest) == 0 {
				t.Fatalf("%q with %q is %q, which lacks %q", old, line, got, l)
			}
			rest = rest[1:]
		}
	})
}

func TestExampleNames(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"A=1\nB = 2\n", "A B"},
		{"export A=x\n# C=3\n\nB=\n", "A B"},
		{"A=\"one\ntwo=\nthree\"\nB='x\ny=z'\nC=1", "A B C"},
		{"A=\"never closed\nB=1\n", ""},
		{"A=\"a \\\" b\"\nB=1\n", "A B"},
		{"A=x\\\nB=y\nC=1\n", "A C"},
		{"\xef\xbb\xbfA=1\r\nB=2\r\n", "A B"},
		{"A=1\nA=2\n", "A"},
		{"not a name=1\n1A=2\nok.name=3\n", "ok.name"},
		{"aGVsbG8gd29ybGQ=\n", ""},
		{"=x\n", ""},
	} {
		if got := strings.Join(exampleNames([]byte(tt.in)), " "); got != tt.want {
			t.Errorf("exampleNames(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestExample(t *testing.T) {
	for _, tt := range []struct{ old, names, want string }{
		{"", "A B", "A=\nB=\n"},
		{"A=\n", "A", "A=\n"},
		{"# A=\nB=x", "A B C", "# A=\nB=x\nC="},
		{"A=\r\n", "B", "A=\r\nB=\r\n"},
	} {
		got, changed, err := example([]byte(tt.old), strings.Fields(tt.names))
		if err != nil || string(got) != tt.want || changed != (tt.old != tt.want) {
			t.Errorf("example(%q, %s) = %q, %v, %v, want %q", tt.old, tt.names, got, changed, err, tt.want)
		}
	}
}

func TestDiff(t *testing.T) {
	for _, tt := range []struct{ old, next, want string }{
		{"a\n", "a\n", ""},
		{"", "a\n", "--- /dev/null\n+++ b/f\n@@ -0,0 +1,1 @@\n+a\n"},
		{"a\nb\n", "a\nx\nb\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n a\n+x\n b\n"},
		{"a", "a\nb", "--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n"},
		{"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "x\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\ny\n",
			"--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -9,4 +9,4 @@\n 9\n 10\n 11\n-12\n+y\n"},
	} {
		if got := Diff("f", []byte(tt.old), []byte(tt.next), tt.old == ""); got != tt.want {
			t.Errorf("Diff(%q, %q) =\n%s\nwant\n%s", tt.old, tt.next, got, tt.want)
		}
	}
}

func TestEnvPatch(t *testing.T) {
	for _, tt := range []struct{ file, line, want string }{
		{"a.py", `token = "SECRET"`, `token = os.environ["N"]`},
		{"a.py", `h = {"Authorization": "Bearer SECRET"}`, `h = {"Authorization": "Bearer " + os.environ["N"]}`},
		{"a.ts", "const u = `https://x/?k=SECRET&a=1`;", "const u = `https://x/?k=${process.env.N}&a=1`;"},
		{"a.js", `f('SECRET')`, `f(process.env.N)`},
		{"a.php", `$$a = 'x SECRET y';`, `$$a = 'x ' . getenv('N') . ' y';`},
		{"a.cs", `var a = "SECRET";`, `var a = Environment.GetEnvironmentVariable("N");`},
		{"a.rb", `A = 'SECRET'`, `A = ENV.fetch("N")`},
		{"A.java", `String a = "SECRET";`, `String a = System.getenv("N");`},
		{"a.sh", `A=SECRET`, `A="${N:?}"`},
		{"a.sh", `curl -H "X: SECRET" u`, `curl -H "X: ${N:?}" u`},
		{"a.sh", `curl -H 'X: SECRET' u`, `curl -H 'X: '"${N:?}"'' u`},
		{"a.yml", `a: SECRET`, `a: ${N}`},
		{"a.yml", `a: 'SECRET'`, `a: '${N}'`},
	} {
		line := strings.ReplaceAll(tt.line, "SECRET", "winter-2020")
		at := strings.Index(line, "winter-2020")
		old, next, _, ok := EnvPatch(tt.file, line, []Literal{{Span{at, at + len("winter-2020")}, "N", "…"}})
		if !ok || next != tt.want || strings.Contains(old, "winter") {
			t.Errorf("%s: %s: %s, shown %s, want %s", tt.file, tt.line, next, old, tt.want)
		}
	}
	if _, _, _, ok := EnvPatch("a.txt", "x", []Literal{{Span{0, 1}, "N", "…"}}); ok {
		t.Error("a text file has a patch")
	}
}

func TestEnvName(t *testing.T) {
	for _, tt := range []struct{ before, want string }{
		{`apiToken = "`, "API_TOKEN"},
		{`  "api-key": "`, "API_KEY"},
		{`const dbPassword = '`, "DB_PASSWORD"},
		{`x := "`, "SOME_RULE"},
		{`call("`, "SOME_RULE"},
		{`ENV["GITHUB_TOKEN"] = "`, "GITHUB_TOKEN"},
	} {
		if got := EnvName(tt.before, "some-rule"); got != tt.want {
			t.Errorf("EnvName(%q) = %q, want %q", tt.before, got, tt.want)
		}
	}
}
