package main

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	vocabularySize = 6000 // words kept; each costs about eight bytes of the embedded table
	minWordFiles   = 5    // files a word must stand in
	maxWordLetters = 16
	trigramSymbols = 27 // the word boundary and a to z
)

// countWords counts, over the source and documentation files below roots, in
// how many files each word of identifiers and prose stands.
func countWords(roots []string) (map[string]int, error) {
	files := map[string]int{}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir // test vectors are not words
			}
			if !d.Type().IsRegular() || !isProse(path) {
				return nil
			}
			return countFile(path, files)
		})
		if err != nil {
			return nil, fmt.Errorf("counting words of %s: %w", root, err)
		}
	}
	return files, nil
}

func isProse(path string) bool {
	switch filepath.Ext(path) {
	case ".go", ".py", ".md", ".rst", ".txt", ".pm", ".pod", ".c", ".h", ".sh", ".java", ".js":
		return true
	}
	return false
}

func countFile(path string, files map[string]int) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, w := range splitWords(text) {
		if !seen[w] {
			seen[w] = true
			files[w]++
		}
	}
	return nil
}

// splitWords cuts text into lower-case words at anything but letters and at
// changes from lower to upper case.
func splitWords(text []byte) []string {
	const lowerCase, upperCase, other = 0, 1, 2
	kind := func(c byte) int {
		switch {
		case 'a' <= c && c <= 'z':
			return lowerCase
		case 'A' <= c && c <= 'Z':
			return upperCase
		}
		return other
	}
	var words []string
	for i := 0; i < len(text); {
		if kind(text[i]) == other {
			i++
			continue
		}
		j := i + 1
		for j < len(text) && kind(text[j]) == upperCase && kind(text[i]) == upperCase {
			j++
		}
		if j == i+1 || j < len(text) && kind(text[j]) == lowerCase {
			if j > i+1 {
				j-- // the last capital begins the next word
			} else {
				for j < len(text) && kind(text[j]) == lowerCase {
					j++
				}
			}
		}
		if n := j - i; n >= 3 && n <= maxWordLetters {
			words = append(words, strings.ToLower(string(text[i:j])))
		}
		i = j
	}
	return words
}

// writeVocabulary writes the two tables the value features are computed from.
// The vocabulary holds the most common words in bands of frequency, rarest
// last; the trigram table holds the cost of a letter after two others, in half
// bits, one base-36 digit each.
func writeVocabulary(w io.Writer, files map[string]int) error {
	out := bufio.NewWriter(w)
	all := make([]string, 0, len(files))
	for word, n := range files {
		if n >= minWordFiles {
			all = append(all, word)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		if files[a] != files[b] {
			return files[b] - files[a]
		}
		return strings.Compare(a, b)
	})
	fmt.Fprintln(out, "trigrams")
	for _, row := range trigramRows(all, files) {
		fmt.Fprintln(out, row)
	}
	kept := all[:min(vocabularySize, len(all))]
	for len(kept) > 0 {
		band := bits.Len(uint(files[kept[0]]))
		n := 1
		for n < len(kept) && bits.Len(uint(files[kept[n]])) == band {
			n++
		}
		words := slices.Sorted(slices.Values(kept[:n]))
		fmt.Fprintf(out, "words %d\n", band)
		for len(words) > 0 {
			k := min(16, len(words))
			fmt.Fprintln(out, strings.Join(words[:k], " "))
			words = words[k:]
		}
		kept = kept[n:]
	}
	return out.Flush()
}

func trigramRows(words []string, files map[string]int) []string {
	var counts [trigramSymbols * trigramSymbols * trigramSymbols]float64
	for _, word := range words {
		weight := math.Log2(float64(files[word]))
		a, b := 0, 0
		for i := 0; i <= len(word); i++ {
			c := 0
			if i < len(word) {
				c = int(word[i]-'a') + 1
			}
			counts[(a*trigramSymbols+b)*trigramSymbols+c] += weight
			a, b = b, c
		}
	}
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	rows := make([]string, 0, trigramSymbols*trigramSymbols)
	for ab := range trigramSymbols * trigramSymbols {
		cell := counts[ab*trigramSymbols : (ab+1)*trigramSymbols]
		total := 0.0
		for _, n := range cell {
			total += n
		}
		row := make([]byte, trigramSymbols)
		for c, n := range cell {
			p := (n + 0.3) / (total + 0.3*trigramSymbols)
			row[c] = digits[min(len(digits)-1, int(math.Round(-2*math.Log2(p))))]
		}
		rows = append(rows, string(row))
	}
	return rows
}
