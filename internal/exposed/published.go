package exposed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/keysift/keysift/internal/ignore"
)

const (
	// maxUp is how many folders above a file are looked at for sets where no
	// repository says where to stop.
	maxUp = 16
	// maxList bounds what is read of a list or a manifest, in bytes.
	maxList = 64 << 20
)

// errNotFile is the error of a list that is no ordinary file.
var errNotFile = errors.New("not an ordinary file")

// reader returns what reads the lists of a folder.
func reader(dir string) ignore.Read {
	return func(name string) ([]byte, error) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			return nil, fmt.Errorf("%s: %w", name, errNotFile)
		case info.Size() > maxList:
			return nil, fmt.Errorf("%s: more than %d bytes", name, maxList)
		}
		return os.ReadFile(name)
	}
}

// published returns the sets of the folders above a file that take it.
func (t *Tree) published(rel string) []Published {
	var out []Published
	for dir := path.Dir(rel); ; dir = path.Dir(dir) {
		if dir == "." {
			dir = ""
		}
		out = append(out, taking(t.setsOf(dir), dir, strings.TrimPrefix(rel[len(dir):], "/"))...)
		if dir == "" {
			return out
		}
	}
}

// setsOf returns the sets of a folder of the tree.
func (t *Tree) setsOf(dir string) []*ignore.Set {
	t.mu.Lock()
	defer t.mu.Unlock()
	sets, ok := t.sets[dir]
	if !ok {
		sets = ignore.PublishedSets(reader(filepath.Join(t.top, filepath.FromSlash(dir))))
		t.sets[dir] = sets
	}
	return sets
}

// taking returns those of the sets that surely take a file.
func taking(sets []*ignore.Set, dir, rel string) []Published {
	var out []Published
	for _, s := range sets {
		if in := s.Path(rel); in.Included && !in.Unknown {
			out = append(out, Published{Dir: dir, Set: s, Rel: rel})
		}
	}
	return out
}

// publishedOutside does the same where there is no repository.
func (p *Places) publishedOutside(name string) []Published {
	abs, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		return nil
	}
	var out []Published
	for dir, n := filepath.Dir(abs), 0; n < maxUp; n++ {
		rel, err := filepath.Rel(dir, abs)
		if err != nil {
			break
		}
		out = append(out, taking(p.setsOf(dir), filepath.ToSlash(dir), filepath.ToSlash(rel))...)
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return out
}

// setsOf returns the sets of a folder outside of all repositories.
func (p *Places) setsOf(dir string) []*ignore.Set {
	p.mu.Lock()
	defer p.mu.Unlock()
	sets, ok := p.sets[dir]
	if !ok {
		sets = ignore.PublishedSets(reader(dir))
		p.sets[dir] = sets
	}
	return sets
}

// authored reports whether a file is source code or a document, which has to
// stay where it is: what it holds is to go, not the file.
func authored(name string) bool {
	base := path.Base(filepath.ToSlash(name))
	switch strings.ToLower(base) {
	case "dockerfile", "containerfile", "makefile", "gnumakefile", "jenkinsfile", "vagrantfile", "rakefile", "gemfile", "procfile", "justfile",
		"readme", "license", "changelog", "cmakelists.txt", "go.mod", "go.sum", "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml",
		"composer.json", "composer.lock", "cargo.toml", "cargo.lock", "pyproject.toml", "pom.xml", "build.gradle", "docker-compose.yml",
		"docker-compose.yaml", "compose.yml", "compose.yaml", ".gitlab-ci.yml", ".travis.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml",
		"mkdocs.yml", "chart.yaml", "serverless.yml", "cloudbuild.yaml", "app.yaml":
		return true
	}
	if strings.Contains("/"+filepath.ToSlash(name), "/.github/workflows/") || strings.Contains("/"+filepath.ToSlash(name), "/.circleci/") {
		return true
	}
	ext := strings.ToLower(path.Ext(base))
	if ext == "" {
		return false
	}
	const extensions = " .go .py .pyi .pyx .ipynb .js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte .astro .java .kt .kts .groovy .gradle .scala .sc .clj .cljs .edn" +
		" .rb .erb .rake .gemspec .php .phtml .phpt .cs .fs .fsx .vb .cshtml .razor .c .h .cc .cpp .cxx .hh .hpp .hxx .m .mm .swift .rs .zig .nim .d .dart .lua .pl .pm .t .r .jl .ex .exs" +
		" .erl .hrl .hs .lhs .ml .mli .elm .sh .bash .zsh .fish .ksh .ps1 .psm1 .psd1 .bat .cmd .vbs .awk .sed .tcl .sol .move .cairo .tf .hcl .bicep .cue .rego .nix .proto .graphql .thrift" +
		" .html .htm .xhtml .css .scss .sass .less .md .mdx .markdown .rst .adoc .asciidoc .org .tex .txtar .ejs .hbs .pug .jinja .j2 .asm .s .f90 .pas .cob .abap .apex .cls .trigger .robot .feature "
	return strings.Contains(extensions, " "+ext+" ")
}

const (
	// headSize and tailSize are how much of a file is read to see whether it is
	// encrypted, in bytes: most formats say so at the start, sops at the end.
	headSize = 64 << 10
	tailSize = 16 << 10
)

// encrypted reports whether a file, of which the ends are given, is one that may
// be shared: encrypted by sops, ansible-vault, git-crypt, age, gpg, ejson or
// sealed secrets.
func encrypted(head, tail []byte) bool {
	for _, lead := range []string{"\x00GITCRYPT\x00", "$ANSIBLE_VAULT;", "age-encryption.org/v1", "Salted__"} {
		if bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte(lead)) {
			return true
		}
	}
	for _, mark := range []string{"BEGIN AGE ENCRYPTED FILE", "BEGIN PGP MESSAGE", "kind: SealedSecret", `"kind": "SealedSecret"`, "ENC[AES256_GCM,", "sops_mac=", "EJ[1:", "BEGIN ENCRYPTED PRIVATE KEY"} {
		if bytes.Contains(head, []byte(mark)) || bytes.Contains(tail, []byte(mark)) {
			return true
		}
	}
	return bytes.Contains(head, []byte("!vault |"))
}

// ends reads the start and the end of an ordinary file. What cannot be read is
// empty.
func ends(name string) (head, tail []byte) {
	name = filepath.FromSlash(name)
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil
	}
	defer func() { _ = f.Close() }()
	head = make([]byte, min(info.Size(), headSize))
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, nil
	}
	head = head[:n]
	if info.Size() <= headSize {
		return head, nil
	}
	tail = make([]byte, tailSize)
	n, err = f.ReadAt(tail, info.Size()-tailSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil
	}
	return head, tail[:n]
}

// there reports whether a list of the tree is an ordinary file.
func (t *Tree) there(list string) bool {
	info, err := os.Lstat(filepath.Join(t.top, filepath.FromSlash(list)))
	return err == nil && info.Mode().IsRegular()
}
