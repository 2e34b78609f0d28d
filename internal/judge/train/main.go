// Command train fits the weights of the judge to a labelled corpus.
//
//	go run ./internal/judge/train -corpus DIR -o internal/judge/weights.txt
//
// It trains on both forms of the corpus, cross-validates by repository and
// prints the precision-recall curve, the levels, the recall by category and
// how reliable the probabilities are. With -fold it trains on one half of the
// repositories only and, with -findings, writes what it finds in the other half
// in the form that the corpus's scoring program reads. The figures of the
// shipped weights on the corpus they were trained on mean nothing; only
// cross-validated ones do.
//
// With -vocabulary it writes the table of common words and of letter
// frequencies instead, counted over the given source trees.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(2)
	}
}

type options struct {
	corpus, out, fold, findings, vocabulary, errors string
	natural, quick                                  bool
	set                                             settings
}

func run(args []string, stdout io.Writer) error {
	o := options{set: defaultSettings()}
	fs := flag.NewFlagSet("train", flag.ContinueOnError)
	fs.StringVar(&o.corpus, "corpus", "../shared/corpus", "directory of the labelled corpus")
	fs.StringVar(&o.out, "o", "", "write the weights to `FILE`")
	fs.StringVar(&o.fold, "fold", "", "train on the other half of the repositories and report on this one: even or odd")
	fs.StringVar(&o.findings, "findings", "", "with -fold: write the findings in that half to `FILE`")
	fs.StringVar(&o.errors, "errors", "", "write misses and false alarms, with their scores, to `FILE`")
	fs.BoolVar(&o.natural, "natural", false, "with -findings: of the corpus's natural form")
	fs.BoolVar(&o.quick, "quick", false, "print the curves of uncalibrated trees and stop: for choosing settings")
	fs.StringVar(&o.vocabulary, "vocabulary", "", "write the vocabulary of the source trees given as arguments to `FILE` and stop")
	fs.IntVar(&o.set.trees, "trees", o.set.trees, "number of trees")
	fs.Float64Var(&o.set.rate, "rate", o.set.rate, "learning rate")
	fs.Float64Var(&o.set.columns, "columns", o.set.columns, "share of the features a tree may use")
	fs.Float64Var(&o.set.rows, "rows", o.set.rows, "share of the repositories a tree sees")
	fs.Float64Var(&o.set.ridge, "ridge", o.set.ridge, "regularisation of the leaves")
	fs.Float64Var(&o.set.minHessian, "min-hessian", o.set.minHessian, "least weight of a leaf")
	fs.Float64Var(&o.set.fairSize, "fair-size", o.set.fairSize, "candidates up to which each of a repository counts fully")
	fs.Float64Var(&o.set.fairness, "fairness", o.set.fairness, "how fast they count less beyond, 0 to 1")
	fs.Uint64Var(&o.set.seed, "seed", o.set.seed, "seed of the choice of features and repositories")
	if err := fs.Parse(args); err != nil {
		return err
	}
	switch {
	case o.vocabulary != "":
		return runVocabulary(o.vocabulary, fs.Args())
	case o.fold != "" && o.fold != "even" && o.fold != "odd":
		return fmt.Errorf("-fold is %q, want even or odd", o.fold)
	case o.findings != "" && o.fold == "":
		return fmt.Errorf("-findings needs -fold: what is found in the repositories trained on means nothing")
	}
	return runTraining(&o, stdout)
}

func runVocabulary(file string, roots []string) error {
	words, err := countWords(roots)
	if err != nil {
		return err
	}
	return writeFile(file, func(w io.Writer) error { return writeVocabulary(w, words) })
}

func writeFile(file string, write func(io.Writer) error) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Close()
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return f.Close()
}
