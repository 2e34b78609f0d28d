package decode

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A file is one to be put in a container.
type file struct{ name, data string }

func zipOf(files ...file) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		e, err := w.Create(f.name)
		if err == nil {
			_, err = io.WriteString(e, f.data)
		}
		if err != nil {
			panic(err)
		}
	}
	w.Close()
	return b.Bytes()
}

func tarOf(files ...file) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: 0o644})
		io.WriteString(w, f.data)
	}
	w.Close()
	return b.Bytes()
}

func gzipOf(data []byte) []byte { return []byte(deflated(string(data), true)) }

func zlibOf(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// walk returns what is in a container, as "path: content" or "path! error".
func walk(t testing.TB, name string, data []byte, limits Limits) (got []string) {
	t.Helper()
	kind := Container(name, data[:min(len(data), SniffLen)])
	if kind == "" {
		return []string{"no container"}
	}
	for e, err := range Walk(t.Context(), kind, name, bytes.NewReader(data), int64(len(data)), limits) {
		if err == nil {
			var content []byte
			if content, err = io.ReadAll(e); err == nil || len(content) > 0 {
				got = append(got, e.Path+": "+string(content[:min(len(content), 1000)]))
			}
		}
		if err != nil {
			got = append(got, describe(err))
		}
	}
	return got
}

func describe(err error) string {
	if e, ok := errors.AsType[*LimitError](err); ok {
		return e.Path + "! " + e.Reason
	}
	if e, ok := errors.AsType[*SkipError](err); ok {
		return e.Path + "! " + e.Reason
	}
	if e, ok := errors.AsType[*MalformedError](err); ok {
		return e.Path + "! malformed"
	}
	return err.Error()
}

func TestWalk(t *testing.T) {
	a, b := file{"dir/a.env", "A=1\n"}, file{"b.txt", strings.Repeat("text ", 100)}
	two := []string{"x!dir/a.env: A=1\n", "x!b.txt: " + b.data}
	inner := zipOf(a)
	tests := []struct {
		name string
		data []byte
		want []string
	}{
		{"zip", zipOf(a, b), two},
		{"zip behind a program", append([]byte("#!/bin/sh\nexec java -jar $0\n"), zipOf(a, b)...), nil},
		{"zip, empty", zipOf(), nil},
		{"tar", tarOf(a, b), two},
		{"tar.gz", gzipOf(tarOf(a, b)), two},
		{"gzip", gzipOf([]byte("A=1\n")), []string{"x!x: A=1\n"}},
		{"gzip, members", append(gzipOf([]byte("A=1\n")), gzipOf([]byte("B=2\n"))...), []string{"x!x: A=1\nB=2\n"}},
		{"gzip, padded", append(gzipOf([]byte("A=1\n")), make([]byte, 100)...), []string{"x!x: A=1\n"}},
		{"zlib", zlibOf([]byte(b.data)), []string{"x!x: " + b.data}},
		{"zip in tar in zip", zipOf(file{"t.tar", string(tarOf(file{"z.zip", string(inner)}))}, b), []string{"x!t.tar!z.zip!dir/a.env: A=1\n", "x!b.txt: " + b.data}},
		{"zip in gzip", gzipOf(inner), []string{"x!x!dir/a.env: A=1\n"}},
		{"hostile names", zipOf(file{"../../etc/a", "1"}, file{"/abs/b", "2"}, file{`C:\dir\..\c`, "3"}, file{"..", "4"}, file{"a\nb\x1b", "5"}, file{"././/d", "6"}),
			[]string{"x!etc/a: 1", "x!abs/b: 2", "x!dir/c: 3", "x!_: 4", "x!a\nb\x1b: 5", "x!d: 6"}},
		{"text", []byte("x^2 + y^2, PK, BZh, and more text that is none of those\n"), []string{"no container"}},
	}
	for _, tt := range tests {
		name := "x"
		if tt.want == nil && tt.name != "zip, empty" {
			name, tt.want = "x.jar", []string{"x.jar!dir/a.env: A=1\n", "x.jar!b.txt: " + b.data}
		}
		if got := walk(t, name, tt.data, Limits{}); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %.300q, want %.300q", tt.name, got, tt.want)
		}
	}
}

func TestWalkSkips(t *testing.T) {
	var tb bytes.Buffer
	tw := tar.NewWriter(&tb)
	tw.WriteHeader(&tar.Header{Name: "link", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink})
	tw.WriteHeader(&tar.Header{Name: "dev", Typeflag: tar.TypeChar})
	tw.WriteHeader(&tar.Header{Name: "dir/", Typeflag: tar.TypeDir})
	tw.Close()
	encrypted := zipOf(file{"a", "text"}, file{"b", "text"})
	encrypted[bytes.Index(encrypted, []byte(zipDirMark))+8] |= zipEncrypted
	unknown := zipOf(file{"a", "text"})
	unknown[bytes.Index(unknown, []byte(zipDirMark))+10] = 14
	link := zipOf(file{"a", "text"})
	dir := link[bytes.Index(link, []byte(zipDirMark)):]
	dir[5] = 3
	binary.LittleEndian.PutUint32(dir[38:], modeSymlink<<16)
	for _, tt := range []struct {
		name string
		data []byte
		want []string
	}{
		{"tar", tb.Bytes(), []string{"x!link! symlink", "x!dev! special"}},
		{"encrypted", encrypted, []string{"x!a! encrypted", "x!b: text"}},
		{"method", unknown, []string{"x!a! binary"}},
		{"symlink", link, []string{"x!a! symlink"}},
	} {
		if got := walk(t, "x", tt.data, Limits{}); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestWalkLimits(t *testing.T) {
	nested := []byte("A=1\n")
	for range 6 {
		nested = zipOf(file{"z.zip", string(nested)})
	}
	many := make([]file, 20)
	for i := range many {
		many[i] = file{fmt.Sprint(i), "x"}
	}
	large := zipOf(file{"a", strings.Repeat("A", 100)}, file{"b", "B"})
	tests := []struct {
		name   string
		data   []byte
		limits Limits
		want   string // the last of what comes
	}{
		{"depth", nested, Limits{}, "x!z.zip!z.zip!z.zip! safety-limit"},
		{"depth of user", nested, Limits{Depth: 1}, "x!z.zip! user-limit"},
		{"depth enough", nested, Limits{Depth: 6}, "x!z.zip!z.zip!z.zip!z.zip!z.zip!z.zip: A=1\n"},
		{"entries", zipOf(many...), Limits{Entries: 5}, "x! user-limit"},
		{"entries of tar", tarOf(many...), Limits{Entries: 5}, "x! user-limit"},
		{"bytes", gzipOf(bytes.Repeat([]byte("A"), 10000)), Limits{Bytes: 1000}, "x!x! user-limit"},
		{"size", zipOf(file{"a", strings.Repeat("A", 100)}), Limits{EntrySize: 10}, "x!a! user-limit"},
		{"size, then more", large, Limits{EntrySize: 10}, "x!b: B"},
		{"size not declared", gzipOf(bytes.Repeat([]byte("A"), 100)), Limits{EntrySize: 10}, "x!x! user-limit"},
		{"size that fits", gzipOf(bytes.Repeat([]byte("A"), 10)), Limits{EntrySize: 10}, "x!x: AAAAAAAAAA"},
	}
	for _, tt := range tests {
		got := walk(t, "x", tt.data, tt.limits)
		if len(got) == 0 || got[len(got)-1] != tt.want {
			t.Errorf("%s: got %.300q, want %q at the end", tt.name, got, tt.want)
		}
	}
}

// Damage in a container is told, and what can be read is read.
func TestWalkDamage(t *testing.T) {
	text := strings.Repeat("some text that is compressed, number ", 50)
	for i := range 2000 {
		text += fmt.Sprint(i*i, " ")
	}
	gz, z, tr := gzipOf([]byte(text)), zipOf(file{"a", text}, file{"b", "B"}), tarOf(file{"a", text}, file{"b", "B"})
	flip := slices.Clone(z)
	flip[300] ^= 0x55
	tests := []struct {
		name, path string
		data       []byte
		want       []string // starts
	}{
		{"gzip cut", "x", gz[:len(gz)/2], []string{"x!x: some text", "x!x! malformed"}},
		{"gzip of garbage", "x", append([]byte("\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\xFF"), text[:100]...), []string{"x! malformed"}},
		{"zip cut", "x", z[:len(z)-30], []string{"x! malformed"}},
		{"zip damaged", "x", flip, []string{"x!a: some text", "x!a! malformed", "x!b: B"}},
		{"zip of garbage", "x", []byte("PK\x03\x04" + text), []string{"x! malformed"}},
		{"tar cut", "x", tr[:2000], []string{"x!a: some text", "x!a! malformed", "x!...! malformed"}},
		{"garbage in a zip", "x", zipOf(file{"g.zip", "PK\x03\x04plain text"}), []string{"x!g.zip: PK\x03\x04plain text"}},
		{"database of garbage", "x", append([]byte("SQLite format 3\x00"), make([]byte, 200)...), []string{"x! malformed"}},
	}
	for _, tt := range tests {
		got := walk(t, tt.path, tt.data, Limits{})
		ok := len(got) == len(tt.want)
		for i := range min(len(got), len(tt.want)) {
			ok = ok && strings.HasPrefix(got[i], tt.want[i])
		}
		if !ok {
			t.Errorf("%s: got %.200q, want %q", tt.name, got, tt.want)
		}
	}
}

// A bomb costs bounded time and memory, and is told.
func TestWalkBombs(t *testing.T) {
	// Each becomes more than is allowed.
	zeros := gzipOf(make([]byte, 40<<20))
	deep := zeros
	for range 5 {
		deep = gzipOf(deep)
	}
	var wide []file // each entry the same, compressed again and again
	for i := range 16 {
		wide = append(wide, file{fmt.Sprint(i, ".zip"), string(zipOf(file{"0", strings.Repeat("\x00", 20<<20)}))})
	}
	overlap := overlapping(400, 1<<20)
	huge := tarOf(file{"a", "text"})
	copy(huge[124:136], "77777777777\x00")
	fixSum(huge)
	sparse := sparseTar()
	tests := []struct {
		name string
		data []byte
	}{
		{"gzip in gzip", deep}, {"zip of zips", zipOf(wide...)}, {"overlapping entries", overlap},
		{"tar of a huge file", huge}, {"sparse file", sparse},
	}
	if got, want := newWalker(t.Context(), 1000, Limits{}, nil).left, int64(freeBytes+1000*bytesRatio); got != want {
		t.Errorf("a file of 1000 bytes may become %d, want %d", got, want)
	}
	for _, tt := range tests {
		start, total, told := time.Now(), int64(0), false
		limits := Limits{Bytes: 32 << 20}
		bound := limits.Bytes
		for e, err := range Walk(t.Context(), Container("x", tt.data), "x", bytes.NewReader(tt.data), int64(len(tt.data)), limits) {
			if err == nil {
				var n int64
				n, err = io.Copy(io.Discard, e)
				total += n
			}
			told = told || err != nil
		}
		if total > bound || !told || time.Since(start) > 20*time.Second {
			t.Errorf("%s: %d bytes became %d in %v, told: %v", tt.name, len(tt.data), total, time.Since(start), told)
		}
	}
}

// overlapping returns a zip file with many entries for the same bytes.
func overlapping(n, size int) []byte {
	one := zipOf(file{"a", strings.Repeat("\x00", size)})
	at := bytes.Index(one, []byte(zipDirMark))
	end := bytes.Index(one, []byte(zipEndMark))
	dir := bytes.Repeat(one[at:end], n)
	out := append(slices.Clone(one[:at]), dir...)
	tail := slices.Clone(one[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(n))
	binary.LittleEndian.PutUint16(tail[10:], uint16(n))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(dir)))
	return append(out, tail...)
}

// sparseTar returns a tar file of a few blocks that claims a hole of 1 TiB.
func sparseTar() []byte {
	h := make([]byte, 512)
	copy(h, "sparse")
	copy(h[100:], "0000644\x00")
	copy(h[108:], "0000000\x00")
	copy(h[116:], "0000000\x00")
	copy(h[124:], "00000000000\x00")
	copy(h[136:], "00000000000\x00")
	h[156] = 'S'
	copy(h[257:], "ustar  \x00")
	copy(h[386:], "20000000000000"[:11]+"\x00")
	binary.BigEndian.PutUint64(h[386+4:], 0)
	h[386] = 0x80
	binary.BigEndian.PutUint64(h[390:], 1<<40) // offset
	copy(h[398:], "00000000000\x00")           // length
	h[483] = 0x80
	binary.BigEndian.PutUint64(h[487:], 1<<40) // real size
	fixSum(h)
	return append(h, make([]byte, 1024)...)
}

func fixSum(h []byte) {
	copy(h[148:156], "        ")
	sum := 0
	for _, c := range h[:512] {
		sum += int(c)
	}
	copy(h[148:156], fmt.Sprintf("%06o\x00 ", sum))
}

func TestWalkStops(t *testing.T) {
	data := zipOf(file{"a", "1"}, file{"b", "2"}, file{"c.zip", string(zipOf(file{"d", "3"}))})
	n := 0
	for range Walk(t.Context(), "zip", "x", bytes.NewReader(data), int64(len(data)), Limits{}) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("went on after a break: %d", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range Walk(ctx, "zip", "x", bytes.NewReader(data), int64(len(data)), Limits{}) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("after the end of the context: %v", last)
	}
}

func TestOffice(t *testing.T) {
	const w = `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`
	doc := w + `<w:p w:id="a>b"><w:r><w:t>key = kst_</w:t></w:r><w:proofErr/><w:r><w:t xml:space="preserve">abc&amp;def</w:t></w:r></w:p>` +
		"\n<w:p><w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/></w:r></w:p><!-- <w:p> --><w:p/><w:p><![CDATA[a<b]]></w:p></w:body></w:document>"
	const ns = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	tests := []struct{ name, data, want string }{
		{"word/document.xml", doc, "key = kst_abc&def\none\ttwo\n\n\na<b\n"},
		{"xl/sharedStrings.xml", `<sst` + ns + `><si><t>password</t></si><si><r><t>kst_</t></r><r><t>pw</t></r></si></sst>`, "password\nkst_pw\n"},
		{"xl/worksheets/sheet1.xml", `<worksheet` + ns + `><row><c t="s"><v>3</v></c><c t="inlineStr"><is><t>key</t></is></c><c><v>12.5</v></c></row></worksheet>`, "\tkey\t12.5\t\n"},
		{"ppt/slides/slide1.xml", `<p:sld xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:r><a:t>kst_</a:t></a:r><a:r><a:t>pw</a:t></a:r></a:p></p:sld>`, "kst_pw\n"},
		{"content.xml", `<office:document-content><text:p>kst_<text:span>pw</text:span><text:s/>x</text:p></office:document-content>`, "kst_pw x\n"},
		{"xl/connections.xml", `<c` + ns + ` connection="Password=x"/>`, `<c` + ns + ` connection="Password=x"/>`},
		{"conf/content.xml", `<a b="c">d</a>`, `<a b="c">d</a>`},
	}
	for _, tt := range tests {
		want := []string{"x.docx!" + tt.name + ": " + tt.want}
		if got := walk(t, "x.docx", zipOf(file{tt.name, tt.data}), Limits{}); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, want)
		}
	}
}

func TestOfficeLong(t *testing.T) {
	// Sections and text that are longer than any buffer.
	long := strings.Repeat("0123456789", 5000)
	doc := `<w:document xmlns:w="http://schemas.openxmlformats.org/w"><w:p><![CDATA[` + long + `]]></w:p><!--` + long + `--><w:p a="` + long + `">` + long + `</w:p></w:document>`
	data := zipOf(file{"word/document.xml", doc})
	for e, err := range Walk(t.Context(), "zip", "x", bytes.NewReader(data), int64(len(data)), Limits{}) {
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(e)
		if want := long + "\n" + long + "\n"; string(got) != want || err != nil {
			t.Errorf("got %d bytes, %v, want %d", len(got), err, len(want))
		}
	}
}

func TestSQLite(t *testing.T) {
	tool, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("no sqlite3 here")
	}
	long := strings.Repeat("a long text, number 7; ", 1000)
	for _, enc := range []string{"UTF-8", "UTF-16le", "UTF-16be"} {
		db := filepath.Join(t.TempDir(), "x.db")
		script := fmt.Sprintf(`PRAGMA encoding='%s'; PRAGMA page_size=1024;
			CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, value TEXT);
			INSERT INTO t VALUES(1, 'name', 'kst_value_1'), (2, 'größe', 'kst_value_2'), (3, 'long', '%s');
			CREATE TABLE u(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
			INSERT INTO u VALUES('other_key', 42);`, enc, long)
		if out, err := exec.Command(tool, db, script).CombinedOutput(); err != nil {
			t.Fatalf("sqlite3: %v: %s", err, out)
		}
		data, err := os.ReadFile(db)
		if err != nil {
			t.Fatal(err)
		}
		if got := Container("x.db", data); got != kindSQLite {
			t.Fatalf("Container = %q", got)
		}
		for e, err := range Walk(t.Context(), kindSQLite, "x.db", bytes.NewReader(data), int64(len(data)), Limits{}) {
			if err != nil {
				t.Fatal(err)
			}
			all, err := io.ReadAll(e)
			if err != nil || e.Path != "x.db!text" {
				t.Errorf("%s: %v", e.Path, err)
			}
			for _, want := range []string{"\nname\tkst_value_1\n", "größe\tkst_value_2\n", "long\t" + long + "\n", "other_key\n"} {
				if !strings.Contains(string(all), want) {
					t.Errorf("%s: got %.300q, want %.50q in it", enc, all, want)
				}
			}
		}
	}
}

// Whatever is in a container, reading it ends, in bounds, and the same each time.
func fuzzWalk(f *testing.F, kind string, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := Limits{Bytes: 1 << 20, Entries: 1000}
		var runs [2]string
		for i := range runs {
			total := int64(0)
			for e, err := range Walk(t.Context(), kind, "x", bytes.NewReader(data), int64(len(data)), limits) {
				if err != nil {
					runs[i] += describe(err) + "\n"
					continue
				}
				if _, inner, _ := strings.Cut(e.Path, "!"); inner == "" || strings.HasPrefix(inner, "/") || slices.Contains(strings.Split(inner, "/"), "..") {
					t.Fatalf("path %q", e.Path)
				}
				n, err := io.Copy(io.Discard, e)
				total += n
				runs[i] += fmt.Sprint(e.Path, n, err, "\n")
			}
			if total > limits.Bytes+16<<10 {
				t.Fatalf("%d bytes from %d", total, len(data))
			}
		}
		if runs[0] != runs[1] {
			t.Fatalf("first %q, then %q", runs[0], runs[1])
		}
	})
}

func FuzzZip(f *testing.F) {
	fuzzWalk(f, kindZip, zipOf(file{"a", "text"}, file{"../b.zip", string(zipOf(file{"c", "x"}))}), overlapping(3, 100),
		zipOf(file{"word/document.xml", `<w:p xmlns="schemas.openxmlformats.org">a<![CDATA[b]]>&#x41;</w:p><!--`}))
}

func FuzzTar(f *testing.F) {
	fuzzWalk(f, kindTar, tarOf(file{"a", "text"}, file{"/b", "x"}), sparseTar())
}

func FuzzGzip(f *testing.F) {
	fuzzWalk(f, kindGzip, gzipOf([]byte("text")), gzipOf(tarOf(file{"a", "text"})), gzipOf(gzipOf([]byte("x"))))
}

func FuzzSQLite(f *testing.F) {
	page := make([]byte, 1024)
	copy(page, "SQLite format 3\x00\x02\x00\x01\x01\x00\x40\x20\x20")
	page[59] = 1
	copy(page[100:], "\x0D\x00\x00\x00\x01\x00\x80\x00\x00\x80")
	copy(page[128:], "\x0B\x01\x02\x1Fkst_value")
	copy(page[512:], "\x0A\x00\x00\x00\x01\x00\x80\x00\x00\x80")
	fuzzWalk(f, kindSQLite, page)
}

// The text of a document is no longer than the document, and ends.
func FuzzOffice(f *testing.F) {
	f.Add([]byte(`<w:p><w:r><w:t>one &amp; </w:t></w:r><w:r><w:t>two</w:t></w:r></w:p><c t="s"><v>1</v></c><!-- no --><![CDATA[x]]>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		text, err := io.ReadAll(newXMLText(bufio.NewReader(bytes.NewReader(data))))
		if err != nil || len(text) > 2*len(data) {
			t.Fatalf("%q: %d bytes of text, %v", data, len(text), err)
		}
	})
}
