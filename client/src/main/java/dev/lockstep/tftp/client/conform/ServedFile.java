package dev.lockstep.tftp.client.conform;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The files that checks read. They have fixed names and contents, so that a second run finds those of the first. */
enum ServedFile {
    LARGE("conform-large", Datagrams.pattern(20_000, 1)),
    EMPTY("conform-empty", new byte[0]),
    EXACT("conform-exact", Datagrams.pattern(2 * Peer.BLKSIZE, 2)),
    /** Two full blocks and a short one. */
    SMALL("conform-small", Datagrams.pattern(2 * Peer.BLKSIZE + 300, 5)),
    /** Lines whose ends are split over blocks, and single CR and LF, also at the end. */
    TEXT("conform-text", text()),
    /** More than 65535 blocks of 32 bytes. */
    LONG("conform-long", Datagrams.pattern(65_545 * 32 + 7, 3)),
    /** A name that is not ASCII. */
    UMLAUT("conform-ä", Datagrams.pattern(700, 4));

    private final String filename;
    private final byte[] content;

    ServedFile(String filename, byte[] content) {
        this.filename = filename;
        this.content = content;
    }

    String filename() {
        return filename;
    }

    byte[] content() {
        return content;
    }

    private static byte[] text() {
        // on the wire the LF is byte 511 and 512 of the first block, and the CR byte 511 and 512 of the second
        String text = "a".repeat(511) + "\n" + "b".repeat(510) + "\r" + "c".repeat(300) + "\n\r\r\n\n" + "d".repeat(100)
                + "\r";
        return text.getBytes(US_ASCII);
    }

    /** Returns a text as it is sent in netascii. */
    static byte[] netascii(byte[] text) {
        return new String(text, US_ASCII)
                .replace("\r", "\r\0")
                .replace("\n", "\r\n")
                .getBytes(US_ASCII);
    }
}
