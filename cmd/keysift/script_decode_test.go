package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// decodeCommands are the commands of the scripts about encoded text and archives:
//
//	encoded VAR N KIND TEXT…    sets VAR to TEXT, encoded N times
//	archive KIND NAME FILE…     writes an archive of files: zip, docx, tar, tgz, gz,
//	                            or fake, for text behind the first bytes of a zip
//	nested NAME N FILE          a zip in a zip, N of them, around FILE
//	bomb NAME SIZE              a zip of a file of SIZE zero bytes, and of $KEY before it
//	cut NAME SIZE               leaves the first bytes of a file
func decodeCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"encoded": encoded,
		"archive": archive,
		"nested":  nested,
		"bomb":    bomb,
		"cut":     cut,
	}
}

func encoded(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: encoded VAR N KIND TEXT...")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := strings.ReplaceAll(strings.Join(args[3:], " "), `\n`, "\n")
	for range n {
		text = encodeText(ts, args[2], text)
	}
	ts.Setenv(args[0], text)
}

func encodeText(ts *testscript.TestScript, kind, text string) string {
	switch kind {
	case "base64":
		return base64.StdEncoding.EncodeToString([]byte(text))
	case "base64url":
		return base64.RawURLEncoding.EncodeToString([]byte(text))
	case "base64gz":
		return base64.StdEncoding.EncodeToString(gzipped(ts, []byte(text)))
	case "hex":
		return hex.EncodeToString([]byte(text))
	}
	format := map[string]string{"percent": "%%%02X", "unicode": `\u%04x`, "html": "&#%d;", "printable": "=%02X"}[kind]
	if format == "" {
		ts.Fatalf("unknown encoding %s", kind)
	}
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

func archive(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: archive KIND NAME FILE...")
	}
	var b bytes.Buffer
	switch kind, files := args[0], args[2:]; kind {
	case "zip":
		writeZip(ts, &b, files)
	case "docx":
		writeDocx(ts, &b, ts.ReadFile(files[0]))
	case "tar":
		writeTar(ts, &b, files)
	case "tgz":
		writeTar(ts, &b, files)
		b = *bytes.NewBuffer(gzipped(ts, b.Bytes()))
	case "fake":
		b.WriteString("PK\x03\x04" + ts.ReadFile(files[0]))
	case "gz":
		b = *bytes.NewBuffer(gzipped(ts, []byte(ts.ReadFile(files[0]))))
	default:
		ts.Fatalf("unknown kind of archive %s", kind)
	}
	writeScriptFile(ts, args[1], b.Bytes())
}

func writeScriptFile(ts *testscript.TestScript, name string, data []byte) {
	ts.Check(os.WriteFile(ts.MkAbs(name), data, 0o644))
}

func gzipped(ts *testscript.TestScript, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	ts.Check(err)
	ts.Check(w.Close())
	return b.Bytes()
}

func writeZip(ts *testscript.TestScript, b *bytes.Buffer, files []string) {
	w := zip.NewWriter(b)
	for _, name := range files {
		addToZip(ts, w, name, ts.ReadFile(name))
	}
	ts.Check(w.Close())
}

func addToZip(ts *testscript.TestScript, w *zip.Writer, name, content string) {
	e, err := w.Create(name)
	ts.Check(err)
	_, err = io.WriteString(e, content)
	ts.Check(err)
}

// writeDocx breaks the lines of a text into runs, as programs for them do.
func writeDocx(ts *testscript.TestScript, b *bytes.Buffer, text string) {
	var doc strings.Builder
	doc.WriteString(`<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	for line := range strings.Lines(text) {
		doc.WriteString("<w:p>")
		for line = strings.TrimSpace(line); line != ""; {
			n := min(len(line), 11)
			doc.WriteString("<w:r><w:t>" + line[:n] + "</w:t></w:r>")
			line = line[n:]
		}
		doc.WriteString("</w:p>")
	}
	doc.WriteString("</w:body></w:document>")
	w := zip.NewWriter(b)
	addToZip(ts, w, "word/document.xml", doc.String())
	ts.Check(w.Close())
}

func writeTar(ts *testscript.TestScript, b *bytes.Buffer, files []string) {
	w := tar.NewWriter(b)
	for _, name := range files {
		data := ts.ReadFile(name)
		ts.Check(w.WriteHeader(&tar.Header{Name: name, Size: int64(len(data)), Mode: 0o644}))
		_, err := io.WriteString(w, data)
		ts.Check(err)
	}
	ts.Check(w.Close())
}

func nested(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: nested NAME N FILE")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	name, data := args[2], ts.ReadFile(args[2])
	for i := range n {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		addToZip(ts, w, path.Base(name), data)
		ts.Check(w.Close())
		name, data = fmt.Sprintf("%d.zip", i+1), b.String()
	}
	writeScriptFile(ts, args[0], []byte(data))
}

func bomb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: bomb NAME SIZE")
	}
	size, err := parseSize(args[1])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	w := zip.NewWriter(f)
	addToZip(ts, w, "first.txt", "token = "+ts.Getenv("KEY")+"\n")
	e, err := w.Create("zeros.txt")
	ts.Check(err)
	block := []byte(strings.Repeat("0", 1<<20))
	for ; size > 0; size -= int64(len(block)) {
		_, err := e.Write(block[:min(size, int64(len(block)))])
		ts.Check(err)
	}
	ts.Check(w.Close())
	ts.Check(f.Close())
}

func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut NAME SIZE")
	}
	size, err := parseSize(args[1])
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}
