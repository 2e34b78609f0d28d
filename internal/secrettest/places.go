package secrettest

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// A Place is a content with one credential in it.
type Place struct {
	Name       string
	Path       string
	Data       []byte
	Start, End int // Data[Start:End] is the credential
}

// Places returns contents in which a snippet is found in practice: at the
// start, in the middle and at the end, quoted, in files of several languages,
// behind an escaped line break, with the line ends of Windows, and in UTF-16.
// A snippet of several lines or with quotes is put only where such can stand, a
// private key also escaped in a string, indented, and in a comment.
func Places(sn Snippet) []Place {
	var places []Place
	for _, t := range templates(sn) {
		before, after := strings.ReplaceAll(t.before, "NEAR", near(sn)), strings.ReplaceAll(t.after, "NEAR", near(sn))
		before, after = strings.ReplaceAll(before, "UPPER", strings.ToUpper(near(sn))), strings.ReplaceAll(after, "UPPER", strings.ToUpper(near(sn)))
		p := Place{Name: t.name, Path: t.path, Data: []byte(before + sn.Text + after), Start: len(before) + sn.Start, End: len(before) + sn.End}
		if sn.Path != "" {
			p.Path = sn.Path
		}
		places = append(places, p)
	}
	if isBinary(sn.Text) {
		return places
	}
	if isArmour(sn) {
		places = append(places,
			inside("JSON", "conf/key.json", "{\"key\": \"", strings.ReplaceAll(sn.Text, "\n", `\n`), "\\n\"}\n"),
			inside("YAML", "conf/key.yml", "key: |\n  ", strings.ReplaceAll(sn.Text, "\n", "\n  "), "\nport: 80\n"),
			inside("environment", ".env", "KEY=\"", strings.ReplaceAll(sn.Text, "\n", `\n`), "\"\n"),
			inside("comment", "main.go", "// ", strings.ReplaceAll(sn.Text, "\n", "\n// "), "\npackage main\n"),
		)
	}
	whole := places[0]
	return append(places, withCRLF(whole), inUTF16(whole, "UTF-16LE", binary.LittleEndian), inUTF16(whole, "UTF-16BE", binary.BigEndian))
}

// isArmour reports whether the snippet is a block in armour and nothing else.
func isArmour(sn Snippet) bool {
	return sn.Path == "" && sn.Near == "" && sn.Start == 0 && sn.End == len(sn.Text) &&
		strings.HasPrefix(sn.Text, "-----") && strings.Contains(sn.Text, "\n") && !strings.Contains(sn.Text, `"`)
}

func inside(name, path, before, text, after string) Place {
	return Place{Name: name, Path: path, Data: []byte(before + text + after), Start: len(before), End: len(before) + len(text)}
}

// near returns the word that stands in the name of what the credential is
// assigned to.
func near(sn Snippet) string {
	if sn.Near != "" {
		return sn.Near
	}
	return "service"
}

type template struct{ name, path, before, after string }

// templates returns what stands around the snippet. NEAR is the word that must
// stand near, UPPER the same in capitals.
func templates(sn Snippet) []template {
	switch {
	case isBinary(sn.Text):
		return []template{{"alone", "data/file.bin", "", ""}}
	case sn.Path != "":
		return []template{{"alone", "", "", ""}, {"between lines", "", "\n", "\n\n"}}
	case strings.ContainsAny(sn.Text, "\n \"'\\"):
		return []template{
			{"lines", "notes.txt", "first line\nNEAR\n", "\nlast line\n"},
			{"start", "notes.txt", "", "\nNEAR\nlast line\n"},
			{"end", "notes.txt", "first line\nNEAR\n", ""},
		}
	}
	return []template{
		{"lines", "notes.txt", "first line\nsee NEAR ", "\nlast line\n"},
		{"start", "notes.txt", "", " NEAR\nsecond line\n"},
		{"middle", "notes.txt", "first line\nthe NEAR token ", " was found here\nlast line\n"},
		{"end", "notes.txt", "first line\nNEAR ", ""},
		{"single quotes", "conf/settings.py", "NEAR = '", "'\n"},
		{"double quotes", "conf/settings.rb", "NEAR = \"", "\"\n"},
		{"backquotes", "main.js", "const NEAR = `", "`\n"},
		{"JSON", "conf/app.json", "{\n  \"NEAR_key\": \"", "\",\n  \"port\": 80\n}\n"},
		{"YAML", "conf/app.yml", "NEAR:\n  token: ", "\n  port: 80\n"},
		{"environment", ".env", "PORT=80\nUPPER_TOKEN=", "\nDEBUG=1\n"},
		{"URL", "docs/api.md", "GET https://NEAR.example.org/v1/items?key=", "&page=2\n"},
		{"Go", "main.go", "package main\n\nconst NEARKey = \"", "\" // used below\n"},
		{"escaped line break", "log.json", "{\"msg\":\"NEAR\\n", "\\nend\"}\n"},
	}
}

func isBinary(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f })
}

// withCRLF returns a place with the line ends of Windows.
func withCRLF(p Place) Place {
	p.Name = "CRLF"
	shift := func(at int) int { return at + strings.Count(string(p.Data[:at]), "\n") }
	start, end := shift(p.Start), shift(p.End)
	p.Data = []byte(strings.ReplaceAll(string(p.Data), "\n", "\r\n"))
	p.Start, p.End = start, end
	return p
}

// inUTF16 returns a place of ASCII in two bytes a character, behind a byte
// order mark.
func inUTF16(p Place, name string, order binary.ByteOrder) Place {
	p.Name = name
	data := make([]byte, 2, 2+2*len(p.Data))
	order.PutUint16(data, 0xfeff)
	for _, c := range utf16.Encode([]rune(string(p.Data))) {
		data = append(data, 0, 0)
		order.PutUint16(data[len(data)-2:], c)
	}
	p.Data, p.Start, p.End = data, 2+2*p.Start, 2+2*p.End
	return p
}
