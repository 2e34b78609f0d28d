package report

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"a/b c.env", "a/b c.env"},
		{"größe/日本.txt", "größe/日本.txt"},
		{"a\x1b[31mb", `a\x1b[31mb`},
		{"a\nb\rc\td", `a\nb\rc\td`},
		{"\x00\x7f", `\x00\x7f`},
		{"\u009b31m", `\u009b31m`},
		{"a\u202egpj.exe", `a\u202egpj.exe`},
		{"\u2066x\u2069\u200b\ufeff\u2028", `\u2066x\u2069\u200b\ufeff\u2028`},
		{"\U000e0041", `\U000e0041`},
		{"\xff\xc3", `\xff\xc3`},
		{"\ufffd", "\ufffd"},
		{`back\slash`, `back\slash`},
	} {
		if got := Visible(tt.in); got != tt.want {
			t.Errorf("Visible(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestEscapes(t *testing.T) {
	for _, tt := range []struct {
		name     string
		f        func(string) string
		in, want string
	}{
		{"xmlText", xmlText, `<a b="c">&'` + "\x00", `&lt;a b=&#34;c&#34;&gt;&amp;&#39;\x00`},
		{"workflowData", workflowData, "a%b\r\n::error::c", "a%25b%0D%0A::error::c"},
		{"workflowProperty", workflowProperty, "a%b\r\n::x,y", "a%25b%0D%0A%3A%3Ax%2Cy"},
		{"csvCell", csvCell, "=1+1", "'=1+1"},
		{"csvCell", csvCell, "  @x", "'  @x"},
		{"csvCell", csvCell, "\t=x", `'\t=x`},
		{"csvCell", csvCell, "\n-x", `'\n-x`},
		{"csvCell", csvCell, "＝x", "'＝x"},
		{"csvCell", csvCell, "a=1", "a=1"},
		{"csvCell", csvCell, "", ""},
		{"markdownText", markdownText, "a|b [x](http://y.z) @team #1 <i> www.a", "a&#124;b &#91;x&#93;(http&#58;//y&#46;z) &#64;team &#35;1 &#60;i&#62; www&#46;a"},
		{"markdownText", markdownText, "Delete it: now (all). a-b a_b _c_", "Delete it: now (all). a-b a_b &#95;c&#95;"},
		{"markdownCode", markdownCode, "a/b.env:3", "`a/b.env:3`"},
		{"markdownCode", markdownCode, "a`|b", "<code>a&#96;&#124;b</code>"},
		{"markdownCode", markdownCode, "a\nb", `<code>a&#92;nb</code>`},
		{"uriPath", uriPath, "a b/ü%#?:.env", "a%20b/%C3%BC%25%23%3F%3A.env"},
		{"argument", argument, "-rf", "./-rf"},
		{"argument", argument, "", "FILE"},
		{"validUTF8", validUTF8, "a\xffb\x1b", "a\\xffb\x1b"},
		{"sarifPlain", sarifPlain, `[a](b)\`, `\[a\](b)\\`},
	} {
		if got := tt.f(tt.in); got != tt.want {
			t.Errorf("%s(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

// FuzzEscapes holds each escaping function to what its format relies on.
func FuzzEscapes(f *testing.F) {
	for _, s := range hostileNames() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := Visible(s)
		for _, r := range v {
			if !unicode.IsPrint(r) {
				t.Errorf("Visible(%q) holds %U", s, r)
			}
		}
		if again := Visible(v); again != v {
			t.Errorf("Visible(%q) = %q, and of that %q", s, v, again)
		}
		if got := validUTF8(s); !utf8.ValidString(got) {
			t.Errorf("validUTF8(%q) = %q", s, got)
		}
		if got := workflowProperty(s); strings.ContainsAny(got, "\r\n:,") {
			t.Errorf("workflowProperty(%q) = %q", s, got)
		}
		if got := workflowData(s); strings.ContainsAny(got, "\r\n") {
			t.Errorf("workflowData(%q) = %q", s, got)
		}
		if got := csvCell(s); got != "" && strings.ContainsAny(got[:1], "=+-@\t\r\n") {
			t.Errorf("csvCell(%q) = %q", s, got)
		}
		if got := markdownText(s); strings.ContainsAny(got, "`*[]|<>@\\~$!{}\n") {
			t.Errorf("markdownText(%q) = %q", s, got)
		}
		if got := strings.TrimSuffix(strings.TrimPrefix(markdownCode(s), "`"), "`"); strings.ContainsAny(got, "`|\n") {
			t.Errorf("markdownCode(%q) = %q", s, got)
		}
		if got, err := url.PathUnescape(uriPath(s)); err != nil || got != s {
			t.Errorf("uriPath(%q) reads as %q, %v", s, got, err)
		}
		checkXML(t, "<a b=\""+xmlText(s)+"\">"+xmlText(s)+"</a>")
		data, err := encoded(map[string]string{"name": validUTF8(s)})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range strings.TrimSuffix(string(data), "\n") {
			if !unicode.IsPrint(r) {
				t.Errorf("encoded(%q) = %q holds %U", s, data, r)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(data, &back); err != nil || back["name"] != validUTF8(s) {
			t.Errorf("encoded(%q) = %q reads as %q, %v", s, data, back["name"], err)
		}
	})
}

func checkXML(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("no XML: %v:\n%s", err, text)
			return
		}
	}
}

// hostileNames are paths that try to be something else.
func hostileNames() []string {
	return []string{
		"a\n::error title=x::y", "a\r\n::stop-commands::x", "%0A::error::z", "##[error]x", "\x1b]0;title\a\x1b[2J",
		"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "a,b\"c", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
		"]]>", "&amp;", "a|b|c", "```\n# x", "[x](javascript:alert(1))", "![x](https://example.com/x.png)", "@team #1 https://example.com",
		"\u202egnp.exe", "\u2066x\u2069", "\u009b2J", "\xff\xfe\x00", "a\u2028b", "--output=x", "'; rm -rf ~; '", "$(id)", "`id`", "</code>", "\U000e0041", "\\x1b",
	}
}
