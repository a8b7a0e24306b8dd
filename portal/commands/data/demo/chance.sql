-- Three numbers for each row of counted(i) that look like chance and are the same in every database: congruences of 64 bits.
mixed AS (SELECT i, (i * 2654435761 + 12345) % 4294967296 AS h FROM counted),
  chance AS (SELECT i, (h * 1103515245 + 12345) % 2147483648 / 128 AS r1, (h * 69069 + 1) % 4294967296 / 256 AS r2,
    ((h * 1103515245 + 12345) % 2147483648 * 22695477 + 1) % 4294967296 / 256 AS r3 FROM mixed)
