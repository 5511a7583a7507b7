package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.CheckEnd.assume;
import static dev.lockstep.tftp.client.conform.CheckEnd.failed;
import static dev.lockstep.tftp.client.conform.CheckEnd.require;
import static dev.lockstep.tftp.client.conform.Datagrams.ack;
import static dev.lockstep.tftp.client.conform.Datagrams.block;
import static dev.lockstep.tftp.client.conform.Datagrams.error;
import static dev.lockstep.tftp.client.conform.Datagrams.rrq;
import static dev.lockstep.tftp.client.conform.Peer.BLKSIZE;
import static dev.lockstep.tftp.client.conform.ServedFile.EMPTY;
import static dev.lockstep.tftp.client.conform.ServedFile.EXACT;
import static dev.lockstep.tftp.client.conform.ServedFile.LARGE;
import static dev.lockstep.tftp.client.conform.ServedFile.LONG;
import static dev.lockstep.tftp.client.conform.ServedFile.SMALL;
import static dev.lockstep.tftp.client.conform.ServedFile.TEXT;

import dev.lockstep.tftp.client.conform.ServerSession.Placed;
import dev.lockstep.tftp.codec.TftpOpcode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Checks of a server that sends files. */
final class DownloadChecks {
    private static final int COPIES = 10;
    private static final int WINDOW = 4;
    private static final int FAR_BLOCK = 500;
    private static final double GROWTH = 1.3;
    private static final int LONG_BLKSIZE = 32;
    private static final int LONG_WINDOW = 7;
    private static final int SHRINKING = 400_000;

    private DownloadChecks() {}

    static List<Check<ServerProbe>> all() {
        return List.of(
                Check.of("1", "The same RRQ twice before any ACK: both replies come from one port.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    InetSocketAddress first = peer.other();
                    peer.askAgain(rrq(server.file(LARGE).name()));
                    for (Packet packet : peer.drain(server.timing().grace())) {
                        require(
                                packet.remote().equals(first),
                                "a second transfer sends " + packet + " from port "
                                        + packet.remote().getPort() + " (the first: port " + first.getPort() + ")");
                    }
                }),
                Check.of("3", "ACK 1 from another port: DATA 2 only after the ACK of the right port.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    server.peer().talkTo(peer.other()).ack(1);
                    peer.quiet("ACK 1 from another port");
                    peer.ack(1);
                    peer.data(2);
                }),
                Check.of("4", "ERROR 0 from another port: DATA 2 after ACK 1 all the same.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    server.peer().talkTo(peer.other()).send(error(0, "spoofed"));
                    peer.drain(server.timing().grace());
                    peer.ack(1);
                    peer.data(2);
                }),
                Check.of("5", "ACK 1 ten more times after DATA 2: DATA 2 is not sent again for them.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    peer.ack(1);
                    peer.data(2);
                    repeat(peer, ack(1));
                    peer.ack(2);
                    requireFew(peer.until(3), 2, COPIES + " copies of ACK 1");
                }),
                Check.of("7", "ACK 500 after DATA 1: ignored; DATA 2 after ACK 1.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    peer.ack(FAR_BLOCK);
                    peer.quiet("ACK " + FAR_BLOCK);
                    peer.ack(1);
                    peer.data(2);
                }),
                Check.of(
                        "8", "windowsize: ACK 1 ten times after the second window: nothing is sent for it.", server -> {
                            Peer peer = window(server);
                            peer.data(1, WINDOW);
                            peer.ack(WINDOW);
                            peer.data(WINDOW + 1, 2 * WINDOW);
                            repeat(peer, ack(1));
                            peer.ack(2 * WINDOW);
                            List<Packet> before = peer.until(2 * WINDOW + 1);
                            requireFew(before, 2, "ACK 1 behind the window");
                            requireFew(before, WINDOW + 1, "ACK 1 behind the window");
                        }),
                Check.of(
                        "9",
                        "A file of 65545 blocks in lock-step: complete, with block 0 after 65535.",
                        server -> longFile(server, 1)),
                Check.of(
                        "10",
                        "A file of 65545 blocks with windowsize 7: complete.",
                        server -> longFile(server, LONG_WINDOW)),
                Check.of("11", "An empty file: DATA 1 without bytes.", server -> {
                    Peer peer = server.read(EMPTY);
                    int length = peer.data(1).length;
                    require(length == 0, "DATA 1 has " + length + " bytes (expected: 0)");
                    peer.ack(1);
                    peer.quiet("ACK 1 of an empty file");
                }),
                Check.of("12", "A file of 1024 bytes: DATA 3 without bytes.", server -> {
                    Peer peer = server.read(EXACT);
                    for (int block = 1; block <= 2; block++) {
                        int length = peer.data(block).length;
                        require(length == BLKSIZE, "DATA " + block + " has " + length + " bytes (expected: 512)");
                        peer.ack(block);
                    }
                    int length = peer.data(3).length;
                    require(length == 0, "DATA 3 has " + length + " bytes (expected: 0)");
                    peer.ack(3);
                }),
                Check.of("15", "DATA 1 and DATA 2 without an ACK: each is sent again, byte for byte.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    peer.retransmitted("DATA 1");
                    peer.ack(1);
                    peer.data(2);
                    peer.retransmitted("DATA 2");
                }),
                Check.of("17", "OACK without an ACK: sent again, byte for byte; DATA 1 after ACK 0.", server -> {
                    Peer peer = server.read(LARGE, "blksize", "1024", "tsize", "0");
                    assume(!peer.granted().isEmpty(), "the server grants no options");
                    peer.retransmitted("OACK");
                    peer.ack(0);
                    peer.data(1);
                }),
                Check.of("18", "OACK answered by ERROR 8: the transfer ends; a new request is served.", server -> {
                    Peer peer = server.read(LARGE, "blksize", "1024", "tsize", "0");
                    assume(!peer.granted().isEmpty(), "the server grants no options");
                    peer.send(error(8, "option refused"));
                    peer.silent("ERROR 8");
                    server.ask(peer, rrq(server.file(LARGE).name())).data(1);
                }),
                Check.of("19", "OACK answered by ACK 1: ignored; DATA 1 after ACK 0.", server -> {
                    Peer peer = server.read(LARGE, "blksize", "1024", "tsize", "0");
                    assume(!peer.granted().isEmpty(), "the server grants no options");
                    peer.ack(1);
                    peer.quiet("ACK 1 instead of ACK 0");
                    peer.ack(0);
                    peer.data(1);
                }),
                Check.of("37", "Text with line ends split over blocks, in netascii: CR LF and CR NUL.", server -> {
                    byte[] expected = ServedFile.netascii(server.file(TEXT).content());
                    Peer peer = text(server);
                    byte[] text = peer.download(BLKSIZE, 1);
                    int at = Arrays.mismatch(text, expected);
                    require(
                            at < 0,
                            "byte " + at + " of " + text.length + " differs (expected: " + expected.length
                                    + " bytes, CR LF for a line end, CR NUL for a CR)");
                }),
                Check.of("38", "netascii: DATA 2 without an ACK is sent again, byte for byte.", server -> {
                    Peer peer = text(server);
                    peer.data(1);
                    peer.ack(1);
                    peer.data(2);
                    peer.retransmitted("DATA 2");
                }),
                Check.of("40", "Short datagrams and an unknown opcode: ignored; DATA 2 after ACK 1.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    peer.send(new byte[] {0});
                    peer.send(new byte[] {0, 4, 0});
                    peer.send(new byte[] {0, 9, 0, 1});
                    peer.quiet("invalid datagrams");
                    peer.ack(1);
                    peer.data(2);
                }),
                Check.of("42", "windowsize: ACK 2 in a window of 4: DATA 3 to 6 follow.", server -> {
                    Peer peer = window(server);
                    peer.data(1, WINDOW);
                    peer.forget();
                    peer.ack(2);
                    List<Integer> numbers = numbers(peer, 6);
                    require(numbers.contains(3), "no DATA 3 after ACK 2: received " + numbers);
                    require(numbers.indexOf(5) > numbers.indexOf(3), "DATA 5 before DATA 3: " + numbers);
                }),
                Check.of("45", "windowsize: a file of 3 blocks in a window of 8: all at once.", server -> {
                    Peer peer = server.read(EXACT, "windowsize", "8");
                    assume(number(peer.granted(), "windowsize") >= 3, "the server grants no windowsize of 3 or more");
                    peer.ack(0);
                    peer.data(1, 3);
                    peer.ack(3);
                    peer.quiet("the last ACK");
                }),
                Check.of("46", "windowsize: no ACK of a window: it is sent again.", server -> {
                    Peer peer = window(server);
                    peer.data(1, WINDOW);
                    Packet packet = peer.any(server.timing().retransmission());
                    require(packet != null, "the window is not retransmitted");
                }),
                Check.of("49", "DATA 2 never acknowledged: the time between retransmissions grows.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    peer.ack(1);
                    peer.data(2);
                    long begin = server.now();
                    List<Long> intervals = new ArrayList<>();
                    long longest = server.timing().retransmission();
                    for (int copy = 0; copy < 3 && peer.any(longest * (copy + 1)) != null; copy++) {
                        long now = server.now();
                        intervals.add(now - begin);
                        begin = now;
                    }
                    require(!intervals.isEmpty(), "no retransmission");
                    assume(intervals.size() > 1, "only one retransmission was sent");
                    long last = intervals.get(intervals.size() - 1);
                    require(
                            last > GROWTH * intervals.get(0),
                            "retransmitted after ms: "
                                    + intervals.stream()
                                            .map(nanos -> nanos / 1_000_000)
                                            .toList());
                }),
                Check.of(
                        "51",
                        "A file is truncated after DATA 1: ERROR, or the old content, never a short file.",
                        server -> {
                            ServerFolder folder = server.folder();
                            String name = "conform-shrinks";
                            byte[] content = Datagrams.pattern(SHRINKING);
                            folder.write(name, content);
                            try {
                                Peer peer = server.ask(rrq(name, "tsize", "0")); // so that a capture has the size
                                if (!peer.granted().isEmpty()) {
                                    peer.ack(0);
                                }
                                Packet first = peer.next();
                                folder.truncate(name, BLKSIZE + 100);
                                peer.putBack(first);
                                byte[] got = peer.download(BLKSIZE, 1);
                                require(
                                        Arrays.equals(got, content),
                                        "the transfer ended after " + got.length + " of " + content.length
                                                + " bytes without an ERROR");
                            } catch (CheckEnd end) {
                                if (!end.getMessage().contains("received ERROR")) {
                                    throw end;
                                }
                            } finally {
                                folder.delete(name);
                            }
                        }),
                Check.of("60", "ERROR without its NUL: the transfer ends, and there is no reply.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    peer.send(new byte[] {0, 5, 0, 0, 'n', 'o'});
                    peer.silent("ERROR 0 without a NUL");
                }),
                Check.of("62", "The reply comes from the address that was asked.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    require(
                            peer.other().getAddress().equals(server.serverAddress()),
                            "DATA 1 from " + peer.other().getAddress().getHostAddress());
                }),
                Check.of("63", "Two transfers by turns from two ports: each gets its own file.", server -> {
                    Placed large = server.file(LARGE);
                    Placed small = server.file(SMALL);
                    Peer first = server.read(LARGE);
                    Peer second = server.read(SMALL);
                    for (int block = 1; block <= 2; block++) {
                        requireBlock(first.data(block), large, block);
                        requireBlock(second.data(block), small, block);
                        second.ack(block);
                        first.ack(block);
                    }
                }),
                Check.of("64", "The reply comes from another port than that of the request.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    require(!server.isListener(peer), "DATA 1 comes from the port of the requests");
                }),
                Check.of("F1", "tsize=0, then ERROR 8, then a request from another port at once: served.", server -> {
                    Peer probe = server.read(LARGE, "tsize", "0");
                    assume(!probe.granted().isEmpty(), "the server grants no tsize");
                    probe.send(error(8, "only the size"));
                    Peer peer = server.read(LARGE, "blksize", "1468", "windowsize", "4");
                    int blksize = (int) number(peer.granted(), "blksize");
                    if (blksize > 0) {
                        peer.ack(0);
                    }
                    peer.data(1);
                }),
                Check.of("F3", "An empty file with tsize=0: tsize 0; ACK 0 again sends nothing.", server -> {
                    Peer peer = server.read(EMPTY, "tsize", "0");
                    Map<String, String> granted = peer.granted();
                    assume(granted.containsKey("tsize"), "the server grants no tsize");
                    require(granted.get("tsize").equals("0"), "tsize=" + granted.get("tsize") + " (expected: 0)");
                    peer.ack(0);
                    peer.data(1);
                    repeat(peer, ack(0));
                    long copies = count(peer.drain(Math.min(server.timing().grace(), Timing.seconds(1))), 1);
                    require(copies < COPIES, "DATA 1 " + copies + " more times after " + COPIES + " copies of ACK 0");
                }),
                Check.of("F4", "ERROR 0 in the middle: nothing is sent any more.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    peer.ack(1);
                    peer.data(2);
                    peer.send(error(0, "closed"));
                    peer.silent("ERROR 0");
                }),
                Check.of(
                        "F5",
                        "Another file from the same port before any ACK: it is served, the first one ends.",
                        server -> {
                            Placed small = server.file(SMALL);
                            Peer peer = server.read(LARGE);
                            peer.data(1);
                            InetSocketAddress old = peer.other();
                            server.ask(peer, rrq(small.name()));
                            requireBlock(peer.data(1), small, 1);
                            peer.ack(1);
                            requireBlock(peer.data(2), small, 2);
                            if (!peer.other().equals(old)) {
                                peer.ack(2);
                                peer.data(3);
                                peer.ack(3);
                                peer.drain(server.timing().grace());
                                List<Packet> late =
                                        peer.drain(2 * server.timing().rto());
                                require(
                                        late.stream()
                                                .noneMatch(packet ->
                                                        packet.remote().equals(old)),
                                        "the first transfer still sends " + (late.isEmpty() ? "" : late.get(0)));
                            }
                        }),
                Check.of(
                        "F7", "windowsize: ACK 2 four times in a window of 4: one new window, then DATA 7.", server -> {
                            Peer peer = window(server);
                            peer.data(1, WINDOW);
                            peer.forget();
                            for (int copy = 0; copy < WINDOW; copy++) {
                                peer.ack(2);
                            }
                            peer.until(6);
                            peer.ack(6);
                            List<Packet> before = peer.until(7);
                            long copies = count(before, 6) + 1;
                            require(copies < WINDOW, "DATA 6 " + copies + " times after four copies of ACK 2");
                            peer.data(8, 10);
                        }),
                Check.of(
                        "F8",
                        "timeout=1: both ends retransmit at the same time: one copy of each later block.",
                        server -> {
                            Peer peer = server.read(LARGE, "timeout", "1");
                            assume(peer.granted().containsKey("timeout"), "the server grants no timeout");
                            peer.ack(0);
                            peer.data(1);
                            peer.retransmitted("DATA 1");
                            repeat(peer, ack(0));
                            peer.ack(1);
                            requireFew(peer.until(2), 1, COPIES + " copies of ACK 0");
                            peer.ack(2);
                            requireFew(peer.until(3), 2, "ACK 2");
                        }),
                Check.of("F10", "ACK and ERROR after the end of a transfer: no reply.", server -> {
                    Peer peer = server.read(SMALL);
                    for (int block = 1; block <= 3; block++) {
                        peer.data(block);
                        peer.ack(block);
                    }
                    peer.drain(server.timing().grace() / 2);
                    peer.send(ack(3));
                    peer.send(error(0, "late"));
                    List<Packet> replies = peer.drain(server.timing().grace());
                    require(replies.isEmpty(), "received " + (replies.isEmpty() ? "" : replies.get(0)));
                }));
    }

    private static void repeat(Peer peer, byte[] datagram) {
        for (int copy = 0; copy < COPIES; copy++) {
            peer.send(datagram);
        }
    }

    /** Fails if a DATA was received again as often as only replies to duplicates explain. */
    private static void requireFew(List<Packet> packets, int block, String sent) {
        long copies = count(packets, block);
        require(copies < COPIES / 2, "DATA " + block + " " + copies + " more times after " + sent);
    }

    private static long count(List<Packet> packets, int block) {
        return packets.stream()
                .filter(packet -> packet.opcode() == TftpOpcode.DATA && packet.number() == block)
                .count();
    }

    private static Peer window(ServerProbe server) throws IOException {
        Peer peer = server.read(LARGE, "windowsize", "" + WINDOW);
        assume(number(peer.granted(), "windowsize") == WINDOW, "the server does not grant windowsize=" + WINDOW);
        peer.ack(0);
        return peer;
    }

    private static Peer text(ServerProbe server) throws IOException {
        Peer peer =
                server.ask(Datagrams.request(TftpOpcode.RRQ, server.file(TEXT).name(), "netascii"));
        Packet first = peer.next();
        assume(first.opcode() == TftpOpcode.DATA, "the server does not serve netascii: " + first);
        peer.putBack(first);
        return peer;
    }

    /** Returns the value of a granted option; 0 if it is not granted. */
    static long number(Map<String, String> granted, String option) {
        try {
            return Long.parseLong(granted.getOrDefault(option, "0"));
        } catch (NumberFormatException e) {
            throw failed("granted " + option + "=" + granted.get(option) + " (expected: a number)");
        }
    }

    private static void longFile(ServerProbe server, int window) throws IOException {
        Placed file = server.file(LONG);
        Peer peer = window == 1
                ? server.read(LONG, "blksize", "" + LONG_BLKSIZE)
                : server.read(LONG, "blksize", "" + LONG_BLKSIZE, "windowsize", "" + window);
        Map<String, String> granted = peer.granted();
        assume(number(granted, "blksize") == LONG_BLKSIZE, "the server does not grant blksize=" + LONG_BLKSIZE);
        assume(
                window == 1 || number(granted, "windowsize") == window,
                "the server does not grant windowsize=" + window);
        peer.ack(0);
        byte[] content = peer.download(LONG_BLKSIZE, window);
        int at = Arrays.mismatch(content, file.content());
        require(at < 0, "the content differs from block " + (at / LONG_BLKSIZE + 1) + " on");
    }

    /** Receives DATA up to one with this number, or until nothing more comes; returns all numbers. */
    private static List<Integer> numbers(Peer peer, int last) {
        List<Integer> numbers = new ArrayList<>();
        while (!numbers.contains(last)) {
            Packet packet = peer.any(peer.timing().grace());
            if (packet == null) {
                return numbers;
            }
            numbers.add(packet.number());
        }
        return numbers;
    }

    private static void requireBlock(byte[] payload, Placed file, int number) {
        require(
                Arrays.equals(payload, block(file.content(), number, BLKSIZE)),
                "DATA " + number + " of " + file.name() + ": not its content");
    }
}
