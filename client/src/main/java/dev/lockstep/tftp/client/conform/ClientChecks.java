package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.CheckEnd.assume;
import static dev.lockstep.tftp.client.conform.CheckEnd.failed;
import static dev.lockstep.tftp.client.conform.CheckEnd.require;
import static dev.lockstep.tftp.client.conform.Datagrams.ack;
import static dev.lockstep.tftp.client.conform.Datagrams.data;
import static dev.lockstep.tftp.client.conform.Datagrams.error;
import static dev.lockstep.tftp.client.conform.Datagrams.pattern;
import static dev.lockstep.tftp.client.conform.Peer.BLKSIZE;

import dev.lockstep.tftp.codec.TftpOpcode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All checks of clients. */
final class ClientChecks {
    private static final int COPIES = 10;
    private static final int WINDOW = 4;
    private static final int FAR_BLOCK = 500;
    private static final int LONG_BLOCKS = 65_540;
    private static final int SMALL_BLKSIZE = 32;
    private static final int LOWERED_BLKSIZE = 100;
    private static final int LONGEST_REQUEST = 512;
    private static final double GROWTH = 1.3;
    private static final int UPLOAD = 6 * 1400 + 100;

    private static final List<Check<ClientProbe>> ALL = List.of(
            Check.client(
                    "1", "The first reply twice, from two ports: the transfer goes on with the first one.", client -> {
                        client.get();
                        Peer second = client.otherPeer();
                        client.begin(3, 100);
                        client.data(1);
                        client.peer().expectAck(1);
                        second.send(client.dataOf(1));
                        client.finishGet(1);
                        Packet reply = second.any(client.timing().grace());
                        require(
                                reply == null || reply.opcode() == TftpOpcode.ERROR,
                                "the second port received " + reply + " (expected: ERROR 5 or nothing)");
                    }),
            Check.client("3", "DATA 2 with other content from another port: not taken.", client -> {
                getFirstBlock(client);
                client.otherPeer().send(data(2, new byte[client.blksize()]));
                client.finishGet(1);
            }),
            Check.client("4", "ERROR 0 from another port: the transfer goes on.", client -> {
                getFirstBlock(client);
                client.otherPeer().send(error(0, "from another port"));
                client.finishGet(1);
            }),
            Check.client(
                    "5", "An upload: ACK 1 ten more times after DATA 2: DATA 2 is not sent again for them.", client -> {
                        client.put(pattern(UPLOAD));
                        client.begin(0, 0);
                        client.peer().data(1);
                        client.peer().ack(1);
                        client.peer().data(2);
                        for (int copy = 0; copy < COPIES; copy++) {
                            client.peer().ack(1);
                        }
                        client.peer().ack(2);
                        long copies = client.peer().until(3).stream()
                                .filter(packet -> packet.number() == 2)
                                .count();
                        require(
                                copies < COPIES / 2,
                                "DATA 2 " + copies + " more times after " + COPIES + " copies of ACK 1");
                    }),
            Check.client("6", "DATA 1 twice: ACK 1 twice, and the file is whole.", client -> {
                getFirstBlock(client);
                client.data(1);
                Packet again = client.peer().any(client.timing().replyTimeout());
                require(again != null, "no ACK for the second copy of DATA 1");
                require(again.is(ack(1)), "expected ACK 1 again, received " + again);
                client.finishGet(1);
            }),
            Check.client("7", "An upload: ACK 500 after DATA 1: ignored; DATA 2 after ACK 1.", client -> {
                client.put(pattern(UPLOAD));
                client.begin(0, 0);
                client.peer().data(1);
                client.peer().ack(FAR_BLOCK);
                client.peer().quiet("ACK " + FAR_BLOCK);
                client.peer().ack(1);
                client.peer().data(2);
            }),
            Check.client(
                    "8",
                    "An upload with windowsize: ACK 1 ten times after the second window: nothing is sent for it.",
                    client -> {
                        putWindow(client);
                        client.peer().data(1, WINDOW);
                        client.peer().ack(WINDOW);
                        client.peer().data(WINDOW + 1, 2 * WINDOW);
                        for (int copy = 0; copy < COPIES; copy++) {
                            client.peer().ack(1);
                        }
                        client.peer().ack(2 * WINDOW);
                        List<Packet> before = client.peer().until(2 * WINDOW + 1);
                        require(before.size() < COPIES / 2, before.size() + " blocks sent for copies of ACK 1");
                    }),
            Check.client("9", "A file of 65540 blocks: complete, with block 0 after 65535.", client -> {
                client.get();
                client.begin(SMALL_BLKSIZE, LONG_BLOCKS, 7, Map.of());
                client.finishGet(0);
            }),
            Check.client("9w", "An upload of more than 65535 blocks: complete, with block 0 after 65535.", client -> {
                boolean small = client.asksToPut("blksize");
                client.put(pattern(LONG_BLOCKS * (small ? SMALL_BLKSIZE : BLKSIZE) + 7));
                client.begin(SMALL_BLKSIZE, 0, 0, Map.of());
                client.finishPut(new byte[0], 1);
            }),
            Check.client("10", "A file of 65540 blocks with windowsize: complete.", client -> {
                client.get();
                int window = (int) Math.min(7, client.number("windowsize"));
                client.begin(SMALL_BLKSIZE, LONG_BLOCKS, 7, Map.of("windowsize", "" + window));
                client.finishGet(0, window);
            }),
            Check.client("11", "An empty file: exit status 0 and a file without bytes.", client -> {
                client.get();
                client.begin(0, 0);
                client.finishGet(0);
            }),
            Check.client("11w", "An upload of an empty file: DATA 1 without bytes.", client -> {
                client.put(new byte[0]);
                client.begin(0, 0);
                client.finishPut(new byte[0], 1);
            }),
            Check.client("12", "A file of exactly 2 blocks: complete after DATA 3 without bytes.", client -> {
                client.get();
                client.begin(2, 0);
                client.data(1);
                client.peer().expectAck(1);
                client.data(2);
                client.peer().expectAck(2);
                require(!client.endsWithin(client.timing().grace() / 2), "the client ended before DATA 3");
                client.finishGet(2);
            }),
            Check.client("12w", "An upload of a whole number of blocks: the last DATA has no bytes.", client -> {
                client.put(pattern(2 * BLKSIZE));
                client.begin(BLKSIZE, 0, 0, Map.of());
                client.finishPut(new byte[0], 1);
            }),
            Check.client("13", "The last DATA again after its ACK: the ACK again.", client -> {
                client.get();
                client.begin(1, 100);
                client.peer().upload(client.content(), client.blksize(), 1);
                client.data(2);
                Packet again = client.peer().any(client.timing().grace());
                require(again != null, "no ACK for the second copy of the last DATA");
                require(again.is(ack(2)), "expected ACK 2 again, received " + again);
            }),
            Check.client("15", "No reply to RRQ: the same request again, byte for byte.", client -> {
                Packet first = client.get();
                Packet again = client.nextRequest(client.timing().retransmission());
                require(again != null, "the request is not retransmitted");
                require(again.is(first.bytes()), "another request: " + again);
                client.restart(again);
                client.begin(1, 100);
                client.finishGet(0);
            }),
            Check.client("15w", "DATA 1 without an ACK: sent again, byte for byte.", client -> {
                client.put(pattern(UPLOAD));
                client.begin(0, 0);
                client.peer().data(1);
                client.peer().retransmitted("DATA 1");
                client.peer().ack(1);
                client.peer().data(2);
            }),
            Check.client("16", "No reply to WRQ: the same request again, byte for byte.", client -> {
                Packet first = client.put(pattern(UPLOAD));
                Packet again = client.nextRequest(client.timing().retransmission());
                require(again != null, "the request is not retransmitted");
                require(again.is(first.bytes()), "another request: " + again);
                client.restart(again);
                client.begin(0, 0);
                client.finishPut(new byte[0], 1);
            }),
            Check.client("17", "OACK again after ACK 0: ACK 0 again.", client -> {
                client.get();
                Map<String, String> granted = grantedTsize(client, 3 * BLKSIZE + 100);
                client.plain(3, 100);
                client.oack(granted);
                client.peer().expectAck(0);
                client.oack(granted);
                Packet again = client.peer().any(client.timing().replyTimeout());
                require(again != null, "no ACK 0 for the second copy of the OACK");
                require(again.is(ack(0)), "expected ACK 0 again, received " + again);
                client.finishGet(0);
            }),
            Check.client("20", "ERROR 8 in reply to options: the request again without options.", client -> {
                Packet first = client.get();
                client.options();
                client.peer().send(error(8, "no options"));
                Packet again = client.nextRequestAfter(first, client.timing().replyTimeout());
                require(again != null, "no second request");
                require(again.options().isEmpty(), "the second request has options: " + again);
                client.restart(again);
                client.plain(3, 100);
                client.finishGet(0);
            }),
            Check.client(
                    "21", "Options are ignored: DATA 1 of 512 bytes without an OACK: the file is whole.", client -> {
                        client.get();
                        client.options();
                        client.plain(3, 100);
                        client.finishGet(0);
                    }),
            Check.client(
                    "21w",
                    "An upload whose options are ignored: ACK 0 without an OACK: blocks of 512 bytes.",
                    client -> {
                        client.put(pattern(UPLOAD));
                        client.options();
                        client.peer().ack(0);
                        client.finishPut(new byte[0], 1);
                    }),
            Check.client("22", "OACK with an option that was not requested: ERROR 8, and no file.", client -> {
                client.get();
                Map<String, String> granted = new LinkedHashMap<>(grantedTsize(client, BLKSIZE));
                granted.put("x-conform", "1");
                client.oack(granted);
                client.requireRefusal();
            }),
            Check.client("24", "OACK with names in capital letters: accepted.", client -> {
                client.get();
                client.plain(3, 100);
                Map<String, String> capitals = new LinkedHashMap<>();
                grantedTsize(client, client.content().length)
                        .forEach((name, value) -> capitals.put(name.toUpperCase(Locale.ROOT), value));
                client.oack(capitals);
                client.peer().expectAck(0);
                client.finishGet(0);
            }),
            Check.client("27", "OACK with a blksize of 100: blocks of 100 bytes.", client -> {
                client.get();
                assume(client.number("blksize") >= LOWERED_BLKSIZE, "the client requests a smaller blksize");
                client.begin(LOWERED_BLKSIZE, 3, 10, Map.of());
                client.finishGet(0);
            }),
            Check.client("36", "ERROR 0 after DATA 1: another exit status than 0.", client -> {
                getFirstBlock(client);
                client.peer().send(error(0, "read error"));
                client.requireFailure();
            }),
            Check.client("37", "netascii with line ends split over blocks: a text of this system.", client -> {
                Packet request = client.get();
                List<String> strings = request.strings();
                assume(
                        strings.size() > 1 && strings.get(1).equalsIgnoreCase("netascii"),
                        "the command does not get in netascii");
                client.text();
                client.requireGot();
            }),
            Check.client("39", "DATA 1 with more bytes than agreed: ERROR, and another exit status than 0.", client -> {
                client.get();
                client.begin(3, 100);
                client.peer().send(data(1, pattern(client.blksize() + 88)));
                client.requireRefusal();
            }),
            Check.client("40", "Short datagrams and an unknown opcode: ignored.", client -> {
                getFirstBlock(client);
                client.peer().send(new byte[] {0});
                client.peer().send(new byte[] {0, 3, 0});
                client.peer().send(new byte[] {0, 9, 0, 1});
                client.finishGet(1);
            }),
            Check.client("42", "An upload with windowsize: ACK 2 in a window of 4: DATA 3 to 6 follow.", client -> {
                putWindow(client);
                client.peer().data(1, WINDOW);
                client.peer().forget();
                client.peer().ack(2);
                List<Integer> numbers = new ArrayList<>();
                while (!numbers.contains(6)) {
                    Packet packet = client.peer().any(client.timing().grace());
                    if (packet == null) {
                        throw failed("no DATA 6 after ACK 2: received " + numbers);
                    }
                    numbers.add(packet.number());
                }
                require(numbers.contains(3), "no DATA 3 after ACK 2: received " + numbers);
            }),
            Check.client("43", "windowsize: DATA 1, 2 and 4: ACK 2, and the file is whole after DATA 3.", client -> {
                getWindow(client, 6);
                client.data(1, 2, 4);
                client.peer().expectAck(2);
                client.finishGet(2, WINDOW);
            }),
            Check.client("44", "windowsize: a whole window again: no ACK but that of its last block.", client -> {
                getWindow(client, 10);
                client.data(1, 2, 3, 4);
                client.peer().expectAck(WINDOW);
                client.data(1, 2, 3, 4);
                client.data(5, 6, 7, 8);
                int copies = 0;
                Packet reply = client.peer().poll(client.timing().replyTimeout());
                while (reply != null && reply.is(ack(WINDOW)) && copies++ < WINDOW) {
                    reply = client.peer().poll(client.timing().replyTimeout());
                }
                require(
                        reply != null && reply.is(ack(2 * WINDOW)),
                        "expected ACK 4 at most three times, then ACK 8; received " + reply + " after " + copies
                                + " copies of ACK 4");
                client.finishGet(2 * WINDOW, WINDOW);
            }),
            Check.client("45", "windowsize: a file of 2 blocks in a window of 4: ACK 2 at once.", client -> {
                getWindow(client, 1);
                client.data(1, 2);
                client.peer().expectAck(2);
                client.requireGot();
            }),
            Check.client("46", "windowsize: only 3 blocks of a window of 4: ACK 3 after a timeout.", client -> {
                getWindow(client, 6);
                client.data(1, 2, 3);
                Packet packet = client.peer().poll(client.timing().retransmission());
                require(packet != null, "no ACK of an incomplete window");
                require(packet.is(ack(3)), "expected ACK 3, received " + packet);
                client.finishGet(3, WINDOW);
            }),
            Check.client("48", "An upload with windowsize lowered to 4: 4 blocks for each ACK.", client -> {
                putWindow(client);
                client.peer().data(1, WINDOW);
                client.peer().quiet("DATA 1 to 4 without an ACK");
                client.peer().ack(WINDOW);
                client.peer().data(WINDOW + 1);
            }),
            Check.client("49", "Requests without a reply: the time between them grows.", client -> {
                Packet last = client.get();
                List<Long> intervals = new ArrayList<>();
                long longest = client.timing().retransmission();
                while (intervals.size() < 3) {
                    Packet again = client.nextRequest(longest * (intervals.size() + 1));
                    if (again == null) {
                        break;
                    }
                    intervals.add(again.nanos() - last.nanos());
                    last = again;
                }
                assume(intervals.size() > 1, "fewer than three requests");
                require(
                        intervals.get(intervals.size() - 1) > GROWTH * intervals.get(0),
                        "requested again after ms: "
                                + intervals.stream()
                                        .map(nanos -> nanos / 1_000_000)
                                        .toList());
            }),
            Check.client("54", "A file name of 600 bytes: no request of more than 512 bytes.", client -> {
                client.startGet("c".repeat(600));
                Packet request = client.nextRequest(client.startTime());
                require(
                        request == null || request.bytes().length <= LONGEST_REQUEST,
                        "a request of " + (request == null ? 0 : request.bytes().length) + " bytes");
            }),
            Check.client("60", "ERROR without its NUL: the client ends, and sends no ERROR.", client -> {
                getFirstBlock(client);
                client.peer().send(new byte[] {0, 5, 0, 0, 'n', 'o'});
                client.peer().quiet("ERROR 0 without a NUL");
                require(client.endsWithin(client.timing().replyTimeout()), "the client still runs");
            }),
            Check.client("67", "OACK with blksize=99999999999: ERROR 8, and another exit status than 0.", client -> {
                client.get();
                client.option("blksize");
                client.oack(Map.of("blksize", "99999999999"));
                client.requireRefusal();
            }),
            Check.client("68", "OACK that leaves blksize out: blocks of 512 bytes.", client -> {
                client.get();
                client.option("blksize");
                client.plain(3, 100);
                Map<String, String> granted = new LinkedHashMap<>(grantedTsize(client, client.content().length));
                granted.remove("blksize");
                assume(!granted.isEmpty(), "the client requests blksize only");
                client.oack(granted);
                client.peer().expectAck(0);
                client.finishGet(0);
            }));

    private ClientChecks() {}

    static List<Check<ClientProbe>> all() {
        return ALL;
    }

    /** Returns the options to grant, with blocks of 512 bytes; skips the check if the client requests none of them. */
    private static Map<String, String> grantedTsize(ClientProbe client, int size) {
        Map<String, String> granted = new LinkedHashMap<>();
        client.options().forEach((name, value) -> {
            switch (name) {
                case "tsize" -> granted.put(name, "" + size);
                case "timeout" -> granted.put(name, value);
                case "blksize" -> granted.put(name, "" + Math.min(BLKSIZE, client.number(name)));
                default -> {} // left out
            }
        });
        assume(!granted.isEmpty(), "the client requests neither blksize, tsize nor timeout");
        assume(
                Long.parseLong(granted.getOrDefault("blksize", "" + BLKSIZE)) == BLKSIZE,
                "the client requests a smaller blksize than 512");
        return granted;
    }

    /** Starts a get of four blocks, up to ACK 1. */
    private static void getFirstBlock(ClientProbe client) throws IOException {
        client.get();
        client.begin(3, 100);
        client.data(1);
        client.peer().expectAck(1);
    }

    private static void putWindow(ClientProbe client) throws IOException {
        client.put(pattern(UPLOAD * 2));
        assume(client.number("windowsize") >= WINDOW, "the client requests a smaller windowsize than 4");
        client.begin(BLKSIZE, 0, 0, Map.of("windowsize", "" + WINDOW));
    }

    private static void getWindow(ClientProbe client, int blocks) throws IOException {
        client.get();
        assume(client.number("windowsize") >= WINDOW, "the client requests a smaller windowsize than 4");
        client.begin(BLKSIZE, blocks, 100, Map.of("windowsize", "" + WINDOW));
    }
}
