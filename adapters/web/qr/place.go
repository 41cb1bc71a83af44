package qr

// best places the words under each of the eight masks and keeps the one that is
// easiest to read.
func best(version int, words []byte) *code {
	var chosen *code
	least := 0
	for mask := range 8 {
		c := newCode(version)
		c.place(words)
		c.apply(mask)
		c.format(mask)
		if p := c.penalty(); chosen == nil || p < least {
			chosen, least = c, p
		}
	}
	return chosen
}

func newCode(version int) *code {
	c := &code{version: version, size: 17 + 4*version}
	for range c.size {
		c.dark = append(c.dark, make([]bool, c.size))
		c.fixed = append(c.fixed, make([]bool, c.size))
	}
	for i := range c.size {
		c.set(6, i, i%2 == 0)
		c.set(i, 6, i%2 == 0)
	}
	c.finder(3, 3)
	c.finder(c.size-4, 3)
	c.finder(3, c.size-4)
	at := alignments(version, c.size)
	for i, x := range at {
		for j, y := range at {
			corner := i == 0 && j == 0 || i == 0 && j == len(at)-1 || i == len(at)-1 && j == 0
			if !corner {
				c.ring(x, y, 2)
			}
		}
	}
	c.format(0) // reserves the place
	c.versionBits()
	return c
}

func (c *code) set(x, y int, dark bool) { c.dark[y][x], c.fixed[y][x] = dark, true }

// finder draws one of the three large squares with its margin.
func (c *code) finder(x, y int) {
	for dy := -4; dy <= 4; dy++ {
		for dx := -4; dx <= 4; dx++ {
			px, py := x+dx, y+dy
			if px >= 0 && px < c.size && py >= 0 && py < c.size {
				far := max(abs(dx), abs(dy))
				c.set(px, py, far != 2 && far != 4)
			}
		}
	}
}

// ring draws a small square.
func (c *code) ring(x, y, r int) {
	for dy := -r; dy <= r; dy++ {
		for dx := -r; dx <= r; dx++ {
			c.set(x+dx, y+dy, max(abs(dx), abs(dy)) != 1)
		}
	}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

func alignments(version, size int) []int {
	if version == 1 {
		return nil
	}
	n := version/7 + 2
	step := (version*4 + n*2 + 1) / (n*2 - 2) * 2
	out := make([]int, n)
	out[0] = 6
	for i, at := n-1, size-7; i > 0; i, at = i-1, at-step {
		out[i] = at
	}
	return out
}

// format writes level and mask twice.
func (c *code) format(mask int) {
	data := mask // level M is 00
	rem := data
	for range 10 {
		rem = rem<<1 ^ rem>>9*0x537
	}
	bits := (data<<10 | rem) ^ 0x5412
	bit := func(i int) bool { return bits>>i&1 == 1 }
	for i := range 6 {
		c.set(8, i, bit(i))
	}
	c.set(8, 7, bit(6))
	c.set(8, 8, bit(7))
	c.set(7, 8, bit(8))
	for i := 9; i < 15; i++ {
		c.set(14-i, 8, bit(i))
	}
	for i := range 8 {
		c.set(c.size-1-i, 8, bit(i))
	}
	for i := 8; i < 15; i++ {
		c.set(8, c.size-15+i, bit(i))
	}
	c.set(8, c.size-8, true)
}

// versionBits writes the size twice, from size 7 on.
func (c *code) versionBits() {
	if c.version < 7 {
		return
	}
	rem := c.version
	for range 12 {
		rem = rem<<1 ^ rem>>11*0x1F25
	}
	bits := c.version<<12 | rem
	for i := range 18 {
		dark := bits>>i&1 == 1
		a, b := c.size-11+i%3, i/3
		c.set(a, b, dark)
		c.set(b, a, dark)
	}
}

// place writes the words in the zigzag from the lower right.
func (c *code) place(words []byte) {
	i := 0
	for right := c.size - 1; right >= 1; right -= 2 {
		if right == 6 {
			right = 5
		}
		for vertical := range c.size {
			for j := range 2 {
				x, y := right-j, vertical
				if (right+1)&2 == 0 {
					y = c.size - 1 - vertical
				}
				if !c.fixed[y][x] && i < 8*len(words) {
					c.dark[y][x] = words[i/8]>>(7-i%8)&1 == 1
					i++
				}
			}
		}
	}
}

// masked reports whether a mask turns the module at x, y over.
func masked(mask, x, y int) bool {
	switch mask {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (x/3+y/2)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	default:
		return ((x+y)%2+x*y%3)%2 == 0
	}
}

func (c *code) apply(mask int) {
	for y := range c.size {
		for x := range c.size {
			if !c.fixed[y][x] && masked(mask, x, y) {
				c.dark[y][x] = !c.dark[y][x]
			}
		}
	}
}

// penalty counts what makes a code hard to read: long runs, blocks, imbalance.
func (c *code) penalty() int {
	out, darks := 0, 0
	for y := range c.size {
		across, down := 1, 1
		for x := range c.size {
			if c.dark[y][x] {
				darks++
			}
			if x == 0 {
				continue
			}
			across = c.run(across, c.dark[y][x] == c.dark[y][x-1], &out)
			down = c.run(down, c.dark[x][y] == c.dark[x-1][y], &out)
			if y > 0 && c.dark[y][x] == c.dark[y][x-1] && c.dark[y][x] == c.dark[y-1][x] && c.dark[y][x] == c.dark[y-1][x-1] {
				out += 3
			}
		}
	}
	total := c.size * c.size
	return out + abs(darks*20-total*10)/total*10
}

func (c *code) run(length int, same bool, penalty *int) int {
	if !same {
		return 1
	}
	length++
	switch {
	case length == 5:
		*penalty += 3
	case length > 5:
		*penalty++
	}
	return length
}
