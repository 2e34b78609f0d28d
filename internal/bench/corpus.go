package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// A corpusPlan says what modules make up a tree.
type corpusPlan struct {
	name    string
	modules []string
}

const (
	kubernetes = "k8s.io/kubernetes@v1.34.1"
	staging    = "@v0.34.1"
)

// plans returns the trees to measure on.
func plans() []corpusPlan {
	all := []string{kubernetes}
	for _, m := range []string{
		"api", "apiextensions-apiserver", "apimachinery", "apiserver", "cli-runtime", "client-go",
		"code-generator", "component-base", "controller-manager", "kube-aggregator", "kubectl",
	} {
		all = append(all, "k8s.io/"+m+staging)
	}
	return []corpusPlan{{"kubernetes", all[:1]}, {"kubernetes-staging", all}}
}

func corpusNames() []string {
	var names []string
	for _, p := range plans() {
		names = append(names, p.name)
	}
	return names
}

// corpus returns the tree of that name, made if it is not there yet.
func (w *workshop) corpus(ctx context.Context, name string) (*Corpus, error) {
	for _, p := range plans() {
		if p.name == name {
			dir := filepath.Join(w.dir, "corpora", name)
			if err := w.make(ctx, p, dir); err != nil {
				return nil, fmt.Errorf("making the tree %s: %w", name, err)
			}
			c := &Corpus{Name: name, dir: dir}
			return c, c.count()
		}
	}
	return nil, fmt.Errorf("no tree is named %q, want one of %q", name, corpusNames())
}

// make copies the modules of a plan into a folder of their own. That the
// folder is there means that it is complete.
func (w *workshop) make(ctx context.Context, p corpusPlan, dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	w.say("fetching %d modules for %s", len(p.modules), p.name)
	partial := dir + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	for _, m := range p.modules {
		src, err := w.download(ctx, m)
		if err != nil {
			return err
		}
		// The module cache itself lies about in a place with other things.
		if err := os.CopyFS(filepath.Join(partial, path.Base(m)), os.DirFS(src)); err != nil {
			return err
		}
	}
	return os.Rename(partial, dir)
}

// download puts a module into the module cache and returns its folder there.
func (w *workshop) download(ctx context.Context, module string) (string, error) {
	out, err := w.output(ctx, nil, "go", "mod", "download", "-json", module)
	var info struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &info); jsonErr == nil && info.Error != "" {
		return "", fmt.Errorf("downloading %s: %s", module, info.Error)
	}
	if err != nil {
		return "", err
	}
	if info.Dir == "" {
		return "", fmt.Errorf("downloading %s: the go command names no folder", module)
	}
	return info.Dir, nil
}

// count sets the number of files and bytes. Reading their sizes also brings
// the names into the system's cache.
func (c *Corpus) count() error {
	return filepath.WalkDir(c.dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		c.Files++
		c.Bytes += info.Size()
		return nil
	})
}
