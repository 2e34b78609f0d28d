package decode

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// secret stands for a credential in tests. Its characters do not follow from
// each other, and there is nothing else in it.
const secret = "kst_Low4=Entropy/Body+Of-a:Token@Here"

// parts returns what is decoded from a text, and what was cut.
func parts(t testing.TB, d *Decoder, name, text string) (found []found, cuts []error) {
	t.Helper()
	f := FormatOf(name)
	b := []byte(text)
	for p, err := range d.Parts(b, f, tokensOf(b), f.Marks(nil, b)) {
		if err != nil {
			cuts = append(cuts, err)
			continue
		}
		found = append(found, newFound(t, text, p))
	}
	return found, cuts
}

// found is a copy of a Part.
type found struct {
	kinds string
	data  string
	spans [][2]int // of each byte of data
}

func newFound(t testing.TB, text string, p *Part) found {
	t.Helper()
	f := found{kinds: strings.Join(p.Kinds(), " "), data: string(p.Data)}
	last := 0
	for i := range p.Data {
		lo, hi := p.Span(i, i+1)
		if lo < 0 || hi <= lo || hi > len(text) || lo < last {
			t.Fatalf("%q: Span(%d, %d) = %d, %d, in %d bytes, after %d", p.Data, i, i+1, lo, hi, len(text), last)
		}
		f.spans, last = append(f.spans, [2]int{lo, hi}), lo
	}
	for i := 0; i < len(p.Data); i += 7 {
		for _, j := range []int{i + 1, (i + len(p.Data) + 1) / 2, len(p.Data)} {
			lo, hi := p.Span(i, j)
			if want := f.spans[i][0]; lo != want {
				t.Fatalf("%q: Span(%d, %d) starts at %d, want %d", p.Data, i, j, lo, want)
			}
			if want := f.spans[j-1][1]; hi != want {
				t.Fatalf("%q: Span(%d, %d) ends at %d, want %d", p.Data, i, j, hi, want)
			}
		}
	}
	return f
}

// source returns the part of text that s, a part of what was decoded, is from.
func (f *found) source(text, s string) string {
	i := strings.Index(f.data, s)
	return text[f.spans[i][0]:f.spans[i+len(s)-1][1]]
}

func deflated(s string, gz bool) string {
	var b bytes.Buffer
	if gz {
		w := gzip.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
	} else {
		w := zlib.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
	}
	return b.String()
}

func std(s string) string    { return base64.StdEncoding.EncodeToString([]byte(s)) }
func urlEnc(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
func wide(s string) string   { return string(encode(s, UTF16LE)) }

// wrap breaks s over lines, each with a prefix but the first.
func wrap(s string, width int, sep string) string {
	var lines []string
	for len(s) > width {
		lines, s = append(lines, s[:width]), s[width:]
	}
	return strings.Join(append(lines, s), sep)
}

// allEscaped returns s with each byte as an escape.
func allEscaped(format, s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

func quotedPrintable(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func TestParts(t *testing.T) {
	const long = "first line of a text that is long enough to be broken\nsecond line with " + secret + " in it\nand one more line at its end\n"
	doc := `{"auths":{"registry.example":{"auth":"` + std("user:"+secret) + `"}}}`
	tests := []struct {
		name, file, text string
		kinds            string
		holds            string // in what is decoded
		source           string // what that is made from, if it is known
	}{
		{"base64", "a.go", `x := "` + std(secret) + `"`, "base64", `x := "` + secret + `"`, ""},
		{"base64 exact", "a.go", `x := "` + std(secret) + `"`, "base64", secret, std(secret)[:len(std(secret))-2]},
		{"base64 for a URL", "a.py", `x = '` + urlEnc("??>>"+secret) + `'`, "base64", secret, ""},
		{"base64 in a token", "a.sh", `KEY=` + std(secret), "base64", `KEY=` + secret, ""},
		{"base64 behind a path", "a.txt", `http://host/path/` + urlEnc(secret) + `?x`, "base64", secret, ""},
		{"base64 with a line end", "a.txt", std(secret + "\n"), "base64", secret + "\n", ""},
		{"base64, short, in a configuration", "a.yml", `v: ` + std("user:kst_abcdef12"), "base64", "v: user:kst_abcdef12", ""},
		{"base64 of UTF-16", "a.ps1", `powershell -EncodedCommand ` + std(wide("$x = '"+secret+"'")), "base64 utf16", secret, ""},
		{"base64 of gzip", "a.txt", std(deflated(long, true)), "base64 gzip", secret, strings.TrimRight(std(deflated(long, true)), "=")},
		{"base64 of zlib", "a.txt", std(deflated(long, false)), "base64 zlib", secret, ""},
		{"base64 of base64", "a.txt", std(std(long)), "base64 base64", secret, ""},
		{"base64 in lines", "a.txt", "MIME:\n\n" + wrap(std(long), 76, "\n") + "\n\nend", "base64", secret, ""},
		{"base64 in lines that cut digits", "a.txt", "MIME:\n\n" + wrap(std(long), 70, "\r\n") + "\r\n\r\nend", "base64", secret, ""},
		{"base64 in a block", "a.yml", "key: |\n    " + wrap(std(long), 64, "\n    ") + "\nnext: value\n", "base64", long, ""},
		{"base64 in a sum of strings", "a.go", "x := \"" + wrap(std(long), 39, "\" +\n\t\t\"") + "\"\n", "base64", long, ""},
		{"base64 in strings side by side", "a.py", "x = ('" + wrap(std(long), 41, "'\n    '") + "')\n", "base64", long, ""},
		{"base64 in an escaped block", "a.js", `x = "` + wrap(std(long), 40, `\n`) + `"`, "base64", long, ""},
		{"hex", "a.go", `x = ` + hex.EncodeToString([]byte(secret)), "hex", `x = ` + secret, ""},
		{"hex with prefix", "a.go", `x = 0X` + strings.ToUpper(hex.EncodeToString([]byte(secret))), "hex", secret, ""},
		{"percent", "a.go", `u = "http://host/?token=` + url.QueryEscape(secret) + `&x=1"`, "percent", "http://host/?token=" + secret + "&x=1", ""},
		{"percent, once", "a.py", `password=abc%40def`, "percent", "password=abc@def", ""},
		{"unicode", "a.js", `key = '` + allEscaped(`\u%04x`, secret) + `'`, "unicode", `key = '` + secret, ""},
		{"unicode, once", "a.json", `{"key": "kst_a\u0026b"}`, "unicode", `{"key": "kst_a&b"}`, ""},
		{"unicode, pair", "a.json", `{"key": "\ud83d\ude00 kst"}`, "unicode", `{"key": "😀 kst"}`, `\ud83d\ude00`},
		{"unicode, braces", "a.rs", `"\u{6b}st_\u{1F600}"`, "unicode", `"kst_😀"`, ""},
		{"hex escapes", "a.c", `"` + allEscaped(`\x%02x`, secret) + `"`, "unicode", `"` + secret + `"`, ""},
		{"JSON in a string", "a.go", `s := "{\"key\": \"` + secret + `\"}"`, "string", `s := {"key": "` + secret + `"}`, ""},
		{"lines in a string", "a.json", `{"env": "USER=x\nKEY=` + secret + `\n"}`, "string", "\nKEY=" + secret + "\n", ""},
		{"slashes", "a.json", `{"url": "https:\/\/user:kst_pass\/word@host"}`, "string", `"https://user:kst_pass/word@host"`, ""},
		{"notebook", "a.ipynb", "{\"source\": [\n  \"import os\\n\",\n  \"key = \\\"" + secret + "\\\"\\n\",\n  \"use(key)\"\n ]}", "string", "import os\nkey = \"" + secret + "\"\n\"use(key)\"", ""},
		{"html", "a.xml", `<add connectionString="Key=&quot;kst_a&amp;b&#x2F;&#99;&quot;"/>`, "html", `Key="kst_a&b/c"`, ""},
		{"html, all", "a.html", allEscaped(`&#%d;`, secret), "html", secret, allEscaped(`&#%d;`, secret)},
		{"quoted-printable", "a.eml", "Subject: x\n\n" + quotedPrintable("The key is password="+secret+" and it stands in a line that is far too long for a mail") + "\n", "quoted-printable", "password=" + secret, ""},
		{"base64 in JSON in a string", "a.go", `x = "{\"key\": \"` + std(secret) + `\"}"`, "base64", secret, ""},
		{"percent in unicode", "a.json", `{"u": "http://h/?a=1\u0026key=kst_a%2Fb"}`, "percent", "key=kst_a/b", ""},
		{"unicode of percent", "a.json", `{"u": "key=kst_a\u00252Fb"}`, "unicode percent", "key=kst_a/b", `key=kst_a\u00252Fb`},
		{"docker", ".docker/config.json", `{"auths": {"r": {"auth": "` + std("u:kst_p") + `"}}}`, "base64", `"auth": "u:kst_p"`, ""},
		{"docker in a secret", "s.yaml", "kind: Secret\ndata:\n  .dockerconfigjson: " + std(doc) + "\n", "base64 base64", "user:" + secret, ""},
		{"npm", ".npmrc", "//host/:_password=" + std("changeme") + "\n", "base64", "_password=changeme", ""},
	}
	for _, tt := range tests {
		all, cuts := parts(t, &Decoder{}, tt.file, tt.text)
		k := slices.IndexFunc(all, func(f found) bool { return f.kinds == tt.kinds && strings.Contains(f.data, tt.holds) })
		if k < 0 || len(cuts) > 0 {
			t.Errorf("%s: Parts(%q) = %v, %v, want %s with %q", tt.name, tt.text, show(all), cuts, tt.kinds, tt.holds)
			continue
		}
		if tt.source == "" {
			continue
		}
		holds := tt.holds
		if i := strings.Index(all[k].data, "😀"); i >= 0 {
			holds = "😀"
		}
		if got := all[k].source(tt.text, holds); got != tt.source {
			t.Errorf("%s: %q is from %q, want %q", tt.name, holds, got, tt.source)
		}
	}
}

func show(all []found) (s []string) {
	for _, f := range all {
		s = append(s, fmt.Sprintf("%s: %.200q", f.kinds, f.data))
	}
	return s
}

func TestPartsSecret(t *testing.T) {
	yaml := "apiVersion: v1\ndata:\n  id: " + std("kst_id") + "\n  password: \"" + std("changeme") + "\"\n  # note\n  token: >-\n    " + std("kst_token_token") +
		"\n  more: " + std("k") + "\nkind: Secret\nmetadata:\n  name: " + "cGxhaW4=" + "\n---\nkind: ConfigMap\ndata:\n  plain: " + std("kst_id") + "\n"
	json := `{"items": [{"data": {"id": "` + std("kst_id") + `", "pw": "` + std("changeme") + `", "n": null}, "kind": "Secret"}]}`
	for name, tt := range map[string]struct{ text, want string }{
		"s.yaml": {yaml, "  id: kst_id\n  password: \"changeme\"\n  # note\n  token: >-\n    kst_token_token\n  more: k"},
		"s.json": {json, `"id": "kst_id", "pw": "changeme"`},
	} {
		all, cuts := parts(t, &Decoder{}, name, tt.text)
		if len(all) != 1 || len(cuts) != 0 || !strings.Contains(all[0].data, tt.want) || strings.Contains(all[0].data, "plain: kst") {
			t.Errorf("Parts(%q) = %q, %v, want %q", tt.text, show(all), cuts, tt.want)
		}
	}
}

// What is no text when it is decoded, or is for others to judge.
func TestPartsNone(t *testing.T) {
	sum := hex.EncodeToString([]byte("\x01\xff\x80low and high bytes here\x9c\x00\xf0"))
	tests := []struct{ name, file, text string }{
		{"identifiers", "a.go", "func TestGetPodSecurityContextForContainerRuntime(ExpectedNumberOfDaemonSetPods) github.com/kubernetes/kubernetes/pkg/controller/volume"},
		{"hash", "a.go", "sum = " + sum},
		{"binary in base64", "a.json", `"data": "` + std("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x04\x00\x00\x00\x04") + `"`},
		{"web token", "a.txt", urlEnc(`{"alg":"HS256","typ":"JWT"}`) + "." + urlEnc(`{"sub":"somebody","iat":1516239022}`) + "." + urlEnc("signature of it, not text")},
		{"print verbs", "a.c", `printf("%3d %2f%20s a%dbc %40s", x)`},
		{"escapes of code", "a.go", `fmt.Printf("a: %q\n", "x\"y"); regexp.MustCompile("\\w+\\n\\d")`},
		{"binary table", "a.go", `"\x00\x01\x80\xff\x10\x02"`},
		{"entities in code", "a.go", `x &amp; y &quot;`},
		{"parameters of a URL", "a.html", `<a href="?a=1&amp;b=2">x</a>&nbsp;&lt;b&gt;`},
		{"space only", "a.html", `http://host/a%20b`},
		{"ruler", "a.txt", strings.Repeat("=", 80) + strings.Repeat("-", 80) + strings.Repeat("/", 80) + strings.Repeat("A", 80)},
	}
	for _, tt := range tests {
		if all, cuts := parts(t, &Decoder{}, tt.file, tt.text); len(all)+len(cuts) > 0 {
			t.Errorf("%s: Parts(%q) = %v, %v, want none", tt.name, tt.text, show(all), cuts)
		}
	}
}

// A part of content may start anywhere in a run of base64.
func TestPartsCut(t *testing.T) {
	plain := strings.Repeat("a line of text with "+secret+" in it\n", 10)
	for cut := range 8 {
		text := std(plain)[cut:]
		all, _ := parts(t, &Decoder{}, "a.txt", text)
		if len(all) != 1 || !strings.Contains(all[0].data, secret+" in it\n") {
			t.Errorf("from digit %d on: %v", cut, show(all))
			continue
		}
		digits := all[0].source(text, secret)
		if at := strings.Index(text, digits); (at+cut)/4 != strings.Index(plain, secret)/3 {
			t.Errorf("from digit %d on: %q is from %q at %d", cut, secret, digits, at)
		}
	}
}

func TestPartsDepth(t *testing.T) {
	text := secret
	for range 6 {
		text = std(text)
	}
	for _, tt := range []struct {
		depth, want int
		reason      string
	}{{0, 3, SafetyLimit}, {2, 2, UserLimit}, {5, 5, UserLimit}, {6, 6, ""}} {
		all, cuts := parts(t, &Decoder{Depth: tt.depth}, "a.txt", text)
		reason := ""
		for _, err := range cuts {
			if le, ok := errors.AsType[*LimitError](err); ok {
				reason += le.Reason
			}
		}
		if len(all) != tt.want || reason != tt.reason {
			t.Errorf("depth %d: %d parts, %q, want %d, %q", tt.depth, len(all), reason, tt.want, tt.reason)
		}
	}
}

// JSON within JSON is read deeper than what somebody encoded on purpose.
func TestPartsEscapes(t *testing.T) {
	for _, tt := range []struct {
		nested, depth int
		reason        string
	}{{7, 0, ""}, {12, 0, SafetyLimit}, {7, 3, UserLimit}, {7, 20, ""}} {
		text := `{"token": "` + secret + `"}`
		for range tt.nested {
			quoted, err := json.Marshal(map[string]string{"token": text})
			if err != nil {
				t.Fatal(err)
			}
			text = string(quoted)
		}
		all, cuts := parts(t, &Decoder{Depth: tt.depth}, "a.json", text)
		reason := ""
		for _, err := range cuts {
			if le, ok := errors.AsType[*LimitError](err); ok {
				reason += le.Reason
			}
		}
		there := slices.ContainsFunc(all, func(p found) bool { return strings.Contains(p.data, `"token": "`+secret+`"`) })
		if reason != tt.reason || there != (reason == "") {
			t.Errorf("%d times, depth %d: found %v, %q, want %q", tt.nested, tt.depth, there, reason, tt.reason)
		}
	}
}

// A text of few bytes that becomes a long one is cut, and what is cut is said.
func TestPartsBomb(t *testing.T) {
	text := std(deflated(secret+strings.Repeat(" ", 16<<20), true))
	all, cuts := 0, 0
	var d Decoder
	for p, err := range d.Parts([]byte(text), 0, tokensOf([]byte(text)), nil) {
		if err != nil {
			cuts++
		} else {
			all += len(p.Data)
		}
	}
	if cuts == 0 || all > expansion*len(text)+allowance {
		t.Errorf("%d bytes became %d, and %d errors", len(text), all, cuts)
	}
}

// The work is linear in the length of the text, whatever it holds.
func TestPartsHostile(t *testing.T) {
	const size = 256 << 10
	for _, unit := range []string{
		"\\", "\"", "\\\"", "\\\":", "\\u0041", "\\n\"", "%41", "a%41%", "&#41;", "&amp;", "=41=\n", "A", "QUFB", "QUFBQUFB\n", "\"QUFBQUFBQUFBQUFBQUFBQUFB\" +\n", "eyJ", "41", "/", "/UUFB",
		std(strings.Repeat("A", 45)) + "\n", std(strings.Repeat("A", 45)) + "AB\n", "kind: Secret\n", "kind: Secret\ndata:\n  a: QUFB\n", `"kind":"Secret","data":{"a":"QUFB",`, `"auth":"QUFB"`, "data", "H4sIAAAAAAAA/", "eJyrVgIAAAAA", "\\\\\\\"", "\x00", "\u00ff",
	} {
		text := strings.Repeat(unit, size/len(unit))
		start := time.Now()
		d := Decoder{Depth: 8}
		total := 0
		b := []byte(text)
		for p := range d.Parts(b, anything|mail, tokensOf(b), (anything|mail).Marks(nil, b)) {
			if p != nil {
				total += len(p.Data)
			}
		}
		if total > expansion*len(text)+allowance {
			t.Errorf("%.20q: %d bytes became %d", unit, len(text), total)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%.20q: %d bytes took %v", unit, len(text), took)
		}
	}
}

func TestPartsAllocations(t *testing.T) {
	text := bytes.Repeat([]byte("func (r *Reader) name(path string) error { return fmt.Errorf(\"reading %s: %w\\n\", path, err) } // github.com/name/of/a/repository\n"), 100)
	tokens, marks := tokensOf(text), Format(0).Marks(nil, text)
	run := func() {
		marks = Format(0).Marks(marks[:0], text)
		if len(marks) > 0 || slices.ContainsFunc(tokens, func(s Span) bool { return Encoded(text, s) }) {
			t.Errorf("there is something encoded in %q", text)
		}
	}
	run()
	if n := testing.AllocsPerRun(10, run); n > 0 {
		t.Errorf("%v allocations in a text without anything encoded", n)
	}
}

// Decoding undoes encoding, and each byte comes from where it went.
func FuzzRoundTrip(f *testing.F) {
	f.Add("user=name password=some words", uint8(0), uint8(20))
	f.Add("größe: 日本 😀 and more plain text to come", uint8(1), uint8(57))
	f.Fuzz(func(t *testing.T, s string, how, width uint8) {
		plain := "text of a file, long enough to be one: " + strings.ToValidUTF8(strings.Map(visible, s), "") + " :end"
		lines := max(int(width), minLine)
		var text, kinds string
		size := func(i int) int { return i } // of the source of data[:i]
		switch how % 6 {
		case 0:
			text, kinds = std(plain), "base64"
		case 1:
			text, kinds = wrap(std(plain), lines, "\n"), "base64"
		case 2:
			text, kinds = hex.EncodeToString([]byte(plain)), "hex"
			size = func(i int) int { return 2 * i }
		case 3:
			text, kinds = allEscaped("&#x%x;", plain), "html"
		case 4:
			text, kinds = std(wide(plain)), "base64 utf16"
		case 5:
			text, kinds = `"`+allEscaped(`\x%02x`, plain)+`"`, "unicode"
			plain = `"` + plain + `"`
		}
		if how%6 == 3 {
			text, plain = strings.ReplaceAll(text, "&#xff;", ""), strings.ReplaceAll(plain, "\xff", "")
			for _, c := range []byte(plain) {
				if c >= 0x80 {
					return // a reference is to a character
				}
			}
		}
		if len(text) > markTrail {
			return // lines may be cut
		}
		all, _ := parts(t, &Decoder{}, "a.html", text)
		k := slices.IndexFunc(all, func(f found) bool { return f.kinds == kinds })
		if k < 0 || all[k].data != plain {
			t.Fatalf("Parts(%q) = %v, want %q", text, show(all), plain)
		}
		if kinds == "hex" {
			for i, s := range all[k].spans {
				if s != [2]int{size(i), size(i + 1)} {
					t.Fatalf("byte %d of %q is from %v", i, plain, s)
				}
			}
		}
		if how%6 < 2 {
			checkBase64(t, text, all[k])
		}
	})
}

func visible(r rune) rune {
	if r < ' ' || r == 0x7F || r == '\uFFFD' || !strconv.IsPrint(r) {
		return -1
	}
	return r
}

// checkBase64 holds spans to the digits that make up each byte.
func checkBase64(t *testing.T, text string, f found) {
	t.Helper()
	var places []int
	for i := range len(text) {
		if digits[text[i]] != bad {
			places = append(places, i)
		}
	}
	for i, s := range f.spans {
		first := i/3*4 + i%3
		if want := [2]int{places[first], places[first+1] + 1}; s != want {
			t.Fatalf("%q: byte %d is from %v, want %v", text, i, s, want)
		}
	}
}

func anyEncoded(text []byte) bool {
	return slices.ContainsFunc(tokensOf(text), func(s Span) bool { return Encoded(text, s) })
}

// Nothing panics, spans lie in the text and rise, the work is bounded, and the
// same text gives the same parts in memory that was used before.
func FuzzParts(f *testing.F) {
	f.Add(`{"key": "kst_a\u0026b%2F", "x": "`+std(std(secret))+`"}`, uint8(0))
	f.Add("kind: Secret\ndata:\n  a: "+std(secret)+"\n", uint8(0xFF))
	f.Add(std(deflated(secret+secret, true)), uint8(1))
	f.Add("=41=\n=42&quot;&#x41;%41\\\\\\\"\\x41\\x42", uint8(0xFF))
	used := &Decoder{}
	f.Fuzz(func(t *testing.T, s string, format uint8) {
		text, form := []byte(s), Format(format)
		marks := form.Marks(nil, text)
		if !slices.IsSorted(marks) {
			t.Fatalf("Marks(%q) = %v", s, marks)
		}
		var runs [2][]found
		for i, d := range []*Decoder{{}, used} {
			total := 0
			for p, err := range d.Parts(text, form, tokensOf(text), marks) {
				if len(marks) == 0 && !anyEncoded(text) {
					t.Fatalf("Encoded(%q) = false", s)
				}
				if err == nil {
					total += len(p.Data)
					runs[i] = append(runs[i], newFound(t, s, p))
				}
			}
			if total > expansion*len(s)+allowance {
				t.Fatalf("%q: %d bytes became %d", s, len(s), total)
			}
		}
		if fmt.Sprint(runs[0]) != fmt.Sprint(runs[1]) {
			t.Fatalf("Parts(%q) = %v, then %v", s, show(runs[0]), show(runs[1]))
		}
	})
}

// Marks of a part of a text, with the bytes around it that they depend on, are
// those of the whole.
func FuzzMarks(f *testing.F) {
	f.Add(`a \"b\": \"c%2Fd&quot;\n\u0041`, uint8(0xFF), uint16(3), uint16(9))
	f.Fuzz(func(t *testing.T, s string, format uint8, lo, hi uint16) {
		text, form := []byte(s), Format(format)
		from, to := min(int(lo), len(text)), min(int(hi), len(text))
		if from > to {
			from, to = to, from
		}
		start, end := max(0, from-MarkBack), min(to+MarkForward, len(text))
		var got, want []int
		for _, m := range form.Marks(nil, text[start:end]) {
			if i := int(m) + start; i >= from && i < to {
				got = append(got, i)
			}
		}
		for _, m := range form.Marks(nil, text) {
			if int(m) >= from && int(m) < to {
				want = append(want, int(m))
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q: marks in [%d:%d] are %v, want %v", s, from, to, got, want)
		}
	})
}

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]Format{
		"main.go": 0, "a/b.py": 0, "a.zip!x/.npmrc": auth, "x.zip!.env.local": 0, `C:\x\CONFIG.JSON`: object | auth,
		"deploy/s.yaml": object, "n.ipynb": object | notebook, "web.config": markup, "m.eml": mail | markup, "README": markup,
	} {
		if got := FormatOf(name); got != want {
			t.Errorf("FormatOf(%q) = %b, want %b", name, got, want)
		}
	}
}

func TestHTMLNames(t *testing.T) {
	for name, r := range entities {
		if name == "nbsp" {
			continue
		}
		if got := html.UnescapeString("&" + name + ";"); got != string(r) {
			t.Errorf("&%s; is %q, want %q", name, got, r)
		}
	}
}
