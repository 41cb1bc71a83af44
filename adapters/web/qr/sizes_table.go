package qr

const maxVersion = 10

// correction is the number of correction words in each block, and blocks the
// number of blocks, by size, for level M.
var (
	correction = [maxVersion + 1]int{0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26}
	blocks     = [maxVersion + 1]int{0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5}
)
