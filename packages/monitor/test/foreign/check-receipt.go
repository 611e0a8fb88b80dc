// Judges a receipt by golang.org/x/mod alone: nothing of ours is used.
//
//	check-receipt VKEY PROOF LEAF-HEX [LOG-FOLDER]
//
// With LOG-FOLDER the leaf and the root are also found again from the tiles.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

func main() {
	verifier, err := note.NewVerifier(os.Args[1])
	must(err)
	file, err := os.ReadFile(os.Args[2])
	must(err)
	leaf, err := hex.DecodeString(os.Args[3])
	must(err)
	head, checkpoint, found := bytes.Cut(file, []byte("\n\n"))
	if !found {
		must(fmt.Errorf("no checkpoint"))
	}
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		must(fmt.Errorf("another origin"))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	var index int64 = -1
	var proof tlog.RecordProof
	for _, line := range strings.Split(string(head), "\n")[1:] {
		if strings.HasPrefix(line, "extra ") {
			continue
		}
		if strings.HasPrefix(line, "index ") {
			index, err = strconv.ParseInt(line[len("index "):], 10, 64)
			must(err)
			continue
		}
		bytes, err := base64.StdEncoding.DecodeString(line)
		must(err)
		var hash tlog.Hash
		copy(hash[:], bytes)
		proof = append(proof, hash)
	}
	must(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(leaf)))
	if len(os.Args) > 4 {
		reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, &tiles{os.Args[4]})
		again, err := tlog.TreeHash(size, reader)
		must(err)
		if again != root {
			must(fmt.Errorf("the tiles give another root"))
		}
		proven, err := tlog.ProveRecord(size, index, reader)
		must(err)
		must(tlog.CheckRecord(proven, size, root, index, tlog.RecordHash(leaf)))
		if size > 1 {
			older := size - 1
			olderRoot, err := tlog.TreeHash(older, reader)
			must(err)
			growth, err := tlog.ProveTree(size, older, reader)
			must(err)
			must(tlog.CheckTree(growth, size, root, older, olderRoot))
		}
	}
	fmt.Printf("accepted: leaf %d of %d\n", index, size)
}

// tiles maps the layout of sum.golang.org (tile/8/L/N) to C2SP's (tile/L/N).
type tiles struct{ folder string }

func (t *tiles) Height() int { return 8 }

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		bytes, err := os.ReadFile(filepath.Join(t.folder, "tile", strings.TrimPrefix(tile.Path(), "tile/8/")))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}
