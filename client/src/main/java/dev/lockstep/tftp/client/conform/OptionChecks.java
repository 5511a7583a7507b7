package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.CheckEnd.assume;
import static dev.lockstep.tftp.client.conform.CheckEnd.require;
import static dev.lockstep.tftp.client.conform.Datagrams.data;
import static dev.lockstep.tftp.client.conform.Datagrams.pattern;
import static dev.lockstep.tftp.client.conform.Datagrams.wrq;
import static dev.lockstep.tftp.client.conform.DownloadChecks.number;
import static dev.lockstep.tftp.client.conform.Peer.BLKSIZE;
import static dev.lockstep.tftp.client.conform.ServedFile.LARGE;
import static dev.lockstep.tftp.client.conform.ServedFile.TEXT;

import dev.lockstep.tftp.codec.TftpOpcode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Checks of the options that a server grants. */
final class OptionChecks {
    private static final int LEAST_BLKSIZE = 8;
    private static final int MOST_BLKSIZE = 65464;
    private static final int MOST_WINDOWSIZE = 65535;
    private static final List<String> NOT_NUMBERS = List.of("-1", "512x", "", "+512", " 512", "0x200");

    private OptionChecks() {}

    static List<Check<ServerProbe>> all() {
        return List.of(
                Check.of(
                        "22",
                        "Requests with each option alone and with all: only what was asked, and no larger value.",
                        server -> {
                            for (String[] asked : List.of(
                                    new String[] {"blksize", "1024"},
                                    new String[] {"tsize", "0"},
                                    new String[] {"timeout", "3"},
                                    new String[] {"windowsize", "4"},
                                    new String[] {"blksize", "600", "tsize", "0", "timeout", "3", "windowsize", "2"})) {
                                Map<String, String> granted = granted(server, asked);
                                requireAsked(granted, asked);
                            }
                        }),
                Check.of("23", "Only an unknown option: no ERROR, and DATA 1 without an OACK.", server -> {
                    Packet reply = server.read(LARGE, "x-conform", "1").next();
                    require(reply.opcode() == TftpOpcode.DATA, "expected DATA 1, received " + reply);
                }),
                Check.of("24", "BlkSize instead of blksize: granted like blksize.", server -> {
                    assume(granted(server, "blksize", "1024").containsKey("blksize"), "the server grants no blksize");
                    Map<String, String> granted = granted(server, "BlkSize", "1024");
                    require(granted.containsKey("blksize"), "BlkSize is not granted, but blksize is");
                }),
                Check.of("25", "blksize twice: one of them is granted, or ERROR 8.", server -> {
                    Packet reply = server.read(LARGE, "blksize", "1024", "blksize", "600")
                            .next();
                    long echoes = reply.strings().stream()
                            .filter(name -> name.toLowerCase(Locale.ROOT).equals("blksize"))
                            .count();
                    require(reply.opcode() != TftpOpcode.OACK || echoes < 2, "granted twice: " + reply);
                }),
                Check.of("26", "blksize and timeout that are not numbers: not granted.", server -> {
                    for (String value : NOT_NUMBERS) {
                        for (String option : List.of("blksize", "timeout")) {
                            Packet reply = server.read(LARGE, option, value).next();
                            require(
                                    reply.opcode() != TftpOpcode.OACK
                                            || !reply.options().containsKey(option),
                                    option + "=\"" + value + "\": received " + reply);
                        }
                    }
                }),
                Check.of(
                        "27",
                        "blksize 7 is left out, 65465 lowered, 1024 granted with blocks of that size.",
                        server -> {
                            Packet small = server.read(LARGE, "blksize", "7").next();
                            require(
                                    small.opcode() != TftpOpcode.OACK
                                            || !small.options().containsKey("blksize"),
                                    "blksize=7: received " + small);
                            for (String large : List.of("65465", "100000")) {
                                Packet reply =
                                        server.read(LARGE, "blksize", large).next();
                                if (reply.opcode() == TftpOpcode.OACK
                                        && reply.options().containsKey("blksize")) {
                                    long blksize = number(reply.options(), "blksize");
                                    require(
                                            blksize >= LEAST_BLKSIZE && blksize <= MOST_BLKSIZE,
                                            "blksize=" + large + ": received " + reply);
                                }
                            }
                            Peer peer = server.read(LARGE, "blksize", "1024");
                            Map<String, String> granted = peer.granted();
                            if (!granted.isEmpty()) {
                                peer.ack(0);
                            }
                            long blksize = granted.containsKey("blksize") ? number(granted, "blksize") : BLKSIZE;
                            int length = peer.data(1).length;
                            require(length == blksize, "DATA 1 has " + length + " bytes (expected: " + blksize + ")");
                        }),
                Check.of("28", "timeout 3 is echoed exactly; 0 and 256 are left out.", server -> {
                    String echo = granted(server, "timeout", "3").get("timeout");
                    assume(echo != null, "the server grants no timeout");
                    require(echo.equals("3"), "timeout=3: granted " + echo);
                    for (String value : List.of("0", "256")) {
                        Packet reply = server.read(LARGE, "timeout", value).next();
                        require(
                                reply.opcode() != TftpOpcode.OACK
                                        || !reply.options().containsKey("timeout"),
                                "timeout=" + value + ": received " + reply);
                    }
                }),
                Check.of("29", "timeout and utimeout: both are echoed exactly.", server -> {
                    assume(
                            granted(server, "utimeout", "2000000").containsKey("utimeout"),
                            "the server grants no utimeout");
                    Map<String, String> granted = granted(server, "timeout", "3", "utimeout", "2000000");
                    require(granted.equals(Map.of("timeout", "3", "utimeout", "2000000")), "granted " + granted);
                }),
                Check.of("30", "tsize=0: the size of the file.", server -> size(server, "0")),
                Check.of("31", "tsize=5: the size of the file all the same.", server -> size(server, "5")),
                Check.of("32", "tsize=0 in netascii: the converted size, or none, and no ERROR.", server -> {
                    byte[] request =
                            Datagrams.request(TftpOpcode.RRQ, server.file(TEXT).name(), "netascii");
                    Packet plain = server.ask(request).next();
                    assume(plain.opcode() == TftpOpcode.DATA, "the server does not serve netascii: " + plain);
                    Packet reply = server.ask(Datagrams.concat(request, Datagrams.strings("tsize", "0")))
                            .next();
                    require(reply.opcode() != TftpOpcode.ERROR, "received " + reply);
                    int size = ServedFile.netascii(server.file(TEXT).content()).length;
                    String tsize =
                            reply.opcode() == TftpOpcode.OACK ? reply.options().get("tsize") : null;
                    require(tsize == null || tsize.equals("" + size), "tsize=" + tsize + " (expected: " + size + ")");
                }),
                Check.of("33", "WRQ with tsize=2^62: ERROR before any ACK.", server -> {
                    Peer peer = server.ask(wrq(server.newUpload(), "tsize", "" + (1L << 62)));
                    Packet reply = peer.next();
                    require(reply.opcode() == TftpOpcode.ERROR, "expected ERROR 3, received " + reply);
                }),
                Check.of("34", "WRQ with tsize=100, then 600 bytes: all are stored, or ERROR.", server -> {
                    String name = server.newUpload();
                    byte[] content = pattern(600);
                    Peer peer = server.ask(wrq(name, "tsize", "100"));
                    peer.granted();
                    peer.drain(0);
                    for (int block = 1; block <= 2; block++) {
                        peer.send(data(block, Datagrams.block(content, block, BLKSIZE)));
                        Packet reply = nextButFirst(peer);
                        if (reply.opcode() == TftpOpcode.ERROR) {
                            return;
                        }
                        require(reply.is(Datagrams.ack(block)), "expected ACK " + block + ", received " + reply);
                    }
                    server.requireStored(name, content);
                }),
                Check.of("47", "windowsize 0 is left out, 65535 lowered or granted.", server -> {
                    Packet none = server.read(LARGE, "windowsize", "0").next();
                    require(
                            none.opcode() != TftpOpcode.OACK || !none.options().containsKey("windowsize"),
                            "windowsize=0: received " + none);
                    Map<String, String> granted = granted(server, "windowsize", "65535");
                    assume(granted.containsKey("windowsize"), "the server grants no windowsize");
                    long windowsize = number(granted, "windowsize");
                    require(
                            windowsize >= 1 && windowsize <= MOST_WINDOWSIZE,
                            "windowsize=65535: granted " + windowsize);
                }),
                Check.of("F2", "windowsize without blksize, and no options at all: the transfer begins.", server -> {
                    for (String[] asked : List.of(
                            new String[] {"windowsize", "4"},
                            new String[] {"tsize", "0", "windowsize", "4"},
                            new String[0])) {
                        Peer peer = server.read(LARGE, asked);
                        if (!peer.granted().isEmpty()) {
                            peer.ack(0);
                        }
                        peer.data(1);
                    }
                }));
    }

    /** Receives the next datagram, but not the ACK 0 that began the transfer. */
    private static Packet nextButFirst(Peer peer) {
        Packet reply = peer.next();
        return reply.is(Datagrams.ack(0)) ? peer.next() : reply;
    }

    private static Map<String, String> granted(ServerProbe server, String... asked) throws IOException {
        return server.read(LARGE, asked).granted();
    }

    private static void requireAsked(Map<String, String> granted, String... asked) {
        granted.forEach((name, value) -> {
            int at = List.of(asked).indexOf(name);
            require(at >= 0, name + "=" + value + " was not asked for");
            boolean isLimited = name.equals("blksize") || name.equals("windowsize");
            require(
                    !isLimited || number(granted, name) <= Long.parseLong(asked[at + 1]),
                    name + "=" + value + " (expected: at most " + asked[at + 1] + ")");
        });
    }

    private static void size(ServerProbe server, String asked) throws IOException {
        String tsize = granted(server, "tsize", asked).get("tsize");
        assume(tsize != null, "the server grants no tsize");
        int size = server.file(LARGE).content().length;
        require(tsize.equals("" + size), "tsize=" + tsize + " (expected: " + size + ")");
    }
}
