package decode

import (
	"path"
	"strings"
)

// A Format says which encodings a text is searched for beside those that are
// searched for everywhere. It follows from a path, and so is the same for a
// part of a file as for the whole.
type Format uint8

const (
	object   Format = 1 << iota // JSON or YAML: escaped slashes, Kubernetes secrets
	notebook                    // text line by line in JSON strings
	markup                      // HTML entities
	mail                        // quoted-printable
	auth                        // base64 under the names auth and _password
	anything = object | notebook | markup | auth
)

// FormatOf returns the format of the file at a path.
func FormatOf(name string) Format {
	name = name[strings.LastIndexByte(name, '!')+1:] // in a container
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, "\\", "/")))
	switch base {
	case "config.json", ".dockercfg", ".dockerconfigjson", "auth.json":
		return object | auth
	case ".npmrc", ".yarnrc", ".yarnrc.yml", ".netrc", ".pypirc":
		return auth
	}
	switch path.Ext(base) {
	case ".ipynb":
		return object | notebook
	case ".json", ".yaml", ".yml", ".jsonl", ".ndjson", ".har", ".tfstate", ".json5", ".avsc":
		return object
	case ".xml", ".config", ".plist", ".csproj", ".resx", ".settings", ".props", ".targets", ".wsdl", ".xaml", ".jelly",
		".html", ".htm", ".xhtml", ".svg", ".vue", ".md", ".markdown", ".txt", ".log", ".rst", ".adoc", "":
		return markup
	case ".eml", ".mbox", ".mht", ".mhtml", ".vcf", ".ics", ".mime", ".msg":
		return mail | markup
	}
	return 0
}
