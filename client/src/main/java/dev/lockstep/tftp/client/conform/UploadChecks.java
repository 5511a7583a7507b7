package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.CheckEnd.assume;
import static dev.lockstep.tftp.client.conform.CheckEnd.require;
import static dev.lockstep.tftp.client.conform.Datagrams.block;
import static dev.lockstep.tftp.client.conform.Datagrams.data;
import static dev.lockstep.tftp.client.conform.Datagrams.error;
import static dev.lockstep.tftp.client.conform.Datagrams.pattern;
import static dev.lockstep.tftp.client.conform.Datagrams.wrq;
import static dev.lockstep.tftp.client.conform.DownloadChecks.number;
import static dev.lockstep.tftp.client.conform.Peer.BLKSIZE;

import dev.lockstep.tftp.codec.TftpOpcode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks of a server that receives files. */
final class UploadChecks {
    private static final int WINDOW = 4;
    private static final byte[] SHORT = pattern(3 * BLKSIZE + 100);
    private static final byte[] LONG = pattern(11 * BLKSIZE + 100);
    private static final int LONG_BLKSIZE = 32;

    private UploadChecks() {}

    static List<Check<ServerProbe>> all() {
        return List.of(
                Check.of("2", "The same WRQ twice: one transfer, and the file is whole.", server -> {
                    String name = server.newUpload();
                    Peer peer = server.ask(wrq(name));
                    peer.expectAck(0);
                    InetSocketAddress first = peer.other();
                    peer.askAgain(wrq(name));
                    for (Packet packet : peer.drain(server.timing().grace())) {
                        require(
                                packet.remote().equals(first),
                                "a second transfer sends " + packet + " from port "
                                        + packet.remote().getPort() + " (the first: port " + first.getPort() + ")");
                    }
                    peer.upload(SHORT, BLKSIZE, 1);
                    server.requireStored(name, SHORT);
                }),
                Check.of("6", "DATA 1 twice: ACK 1 twice, and the file is whole.", server -> {
                    String name = server.newUpload();
                    Peer peer = server.ask(wrq(name));
                    peer.expectAck(0);
                    byte[] first = data(1, block(SHORT, 1, BLKSIZE));
                    peer.send(first);
                    peer.expectAck(1);
                    peer.send(first);
                    Packet again = peer.any(server.timing().replyTimeout());
                    require(again != null, "no ACK for the second copy of DATA 1");
                    require(again.is(Datagrams.ack(1)), "expected ACK 1 again, received " + again);
                    finish(server, peer, name, SHORT, 1);
                }),
                Check.of("9w", "An upload of 65545 blocks: complete, with block 0 after 65535.", server -> {
                    String name = server.newUpload();
                    Peer peer = server.ask(wrq(name, "blksize", "" + LONG_BLKSIZE));
                    assume(
                            number(peer.granted(), "blksize") == LONG_BLKSIZE,
                            "the server does not grant blksize=" + LONG_BLKSIZE);
                    byte[] content = ServedFile.LONG.content();
                    peer.upload(content, LONG_BLKSIZE, 1);
                    server.requireStored(name, content);
                }),
                Check.of(
                        "11w",
                        "An upload of one DATA without bytes: ACK 1, and an empty file.",
                        server -> upload(server, new byte[0])),
                Check.of(
                        "12w",
                        "An upload of 1024 bytes: not complete before DATA 3 without bytes.",
                        server -> upload(server, pattern(2 * BLKSIZE))),
                Check.of("13", "The last DATA again after its ACK: the ACK again.", server -> {
                    String name = server.newUpload();
                    Peer peer = server.ask(wrq(name));
                    peer.expectAck(0);
                    peer.upload(SHORT, BLKSIZE, 1);
                    peer.drain(server.timing().grace() / 2);
                    int last = SHORT.length / BLKSIZE + 1;
                    peer.send(data(last, block(SHORT, last, BLKSIZE)));
                    Packet again = peer.any(server.timing().replyTimeout());
                    require(again != null, "no ACK for the second copy of the last DATA");
                    require(again.is(Datagrams.ack(last)), "expected ACK " + last + " again, received " + again);
                }),
                Check.of("16", "WRQ with options twice: the same OACK twice.", server -> {
                    String name = server.newUpload();
                    byte[] request = wrq(name, "blksize", "1024", "tsize", "100");
                    Peer peer = server.ask(request);
                    Packet first = peer.next();
                    assume(first.opcode() == TftpOpcode.OACK, "the server grants no options");
                    peer.askAgain(request);
                    Packet again = peer.any(server.timing().replyTimeout());
                    require(again != null, "no OACK for the second copy of the WRQ");
                    require(again.is(first.bytes()), "expected the same OACK, received " + again);
                    peer.upload(pattern(100), 1024, 1);
                    server.requireStored(name, pattern(100));
                }),
                Check.of("35", "At the last ACK the file is whole.", server -> {
                    ServerFolder folder = server.folder();
                    String name = server.newUpload();
                    Peer peer = server.ask(wrq(name));
                    peer.expectAck(0);
                    peer.upload(LONG, BLKSIZE, 1);
                    byte[] stored = folder.read(name);
                    require(
                            Arrays.equals(stored, LONG),
                            "when the last ACK is received, the file has " + (stored == null ? 0 : stored.length)
                                    + " bytes (expected: " + LONG.length + ")");
                }),
                Check.of("36", "ERROR 0 after DATA 1 of a file that exists: the old file is kept.", server -> {
                    ServerFolder folder = server.folder();
                    String name = server.newUpload();
                    folder.write(name, LONG);
                    Set<String> before = folder.names();
                    Peer peer = server.ask(wrq(name));
                    Packet reply = peer.next();
                    assume(reply.opcode() == TftpOpcode.ACK, "the server does not overwrite files: " + reply);
                    peer.send(data(1, block(SHORT, 1, BLKSIZE)));
                    peer.expectAck(1);
                    peer.send(error(0, "stopped"));
                    server.sleep(server.timing().grace());
                    server.requireStored(name, LONG);
                    Set<String> left = folder.names();
                    left.removeAll(before);
                    left.removeIf(other -> !other.contains(name)); // of other checks
                    require(left.isEmpty(), "left over: " + left);
                }),
                Check.of("37w", "An upload in netascii with line ends split over blocks: stored as text.", server -> {
                    byte[] text = ServedFile.TEXT.content();
                    String name = server.newUpload();
                    Peer peer = server.ask(Datagrams.request(TftpOpcode.WRQ, name, "netascii"));
                    Packet reply = peer.next();
                    assume(reply.opcode() == TftpOpcode.ACK, "the server does not accept netascii: " + reply);
                    peer.upload(ServedFile.netascii(text), BLKSIZE, 1);
                    server.requireStored(name, text);
                }),
                Check.of("39", "DATA 1 with 600 bytes without blksize: ERROR.", server -> {
                    Peer peer = server.ask(wrq(server.newUpload()));
                    peer.expectAck(0);
                    peer.send(data(1, pattern(600)));
                    peer.expectError();
                }),
                Check.of("41", "DATA 5 after the short DATA 4: the file does not change.", server -> {
                    String name = server.newUpload();
                    Peer peer = server.ask(wrq(name));
                    peer.expectAck(0);
                    peer.upload(SHORT, BLKSIZE, 1);
                    peer.send(data(SHORT.length / BLKSIZE + 2, pattern(10)));
                    server.sleep(server.timing().grace());
                    server.requireStored(name, SHORT);
                }),
                Check.of(
                        "43",
                        "windowsize: DATA 1, 2 and 4: ACK 2, and the file is whole after DATA 3 and 4.",
                        server -> {
                            String name = server.newUpload();
                            Peer peer = window(server, name);
                            send(peer, 1, 2, 4);
                            peer.expectAck(2);
                            finish(server, peer, name, LONG, 2, WINDOW);
                        }),
                Check.of("44", "windowsize: a whole window again: no ACK but that of its last block.", server -> {
                    String name = server.newUpload();
                    Peer peer = window(server, name);
                    send(peer, 1, 2, 3, 4);
                    peer.expectAck(WINDOW);
                    send(peer, 1, 2, 3, 4);
                    send(peer, 5, 6, 7, 8);
                    int copies = 0;
                    Packet reply = peer.any(server.timing().replyTimeout());
                    while (reply != null && reply.is(Datagrams.ack(WINDOW)) && copies++ < WINDOW) {
                        reply = peer.any(server.timing().replyTimeout());
                    }
                    require(
                            reply != null && reply.is(Datagrams.ack(2 * WINDOW)),
                            "expected ACK 4 at most three times, then ACK 8; received " + reply + " after " + copies
                                    + " copies of ACK 4");
                    finish(server, peer, name, LONG, 2 * WINDOW, WINDOW);
                }),
                Check.of("45w", "windowsize: a file of 2 blocks in a window of 4: ACK 2 at once.", server -> {
                    byte[] content = pattern(BLKSIZE + 100);
                    String name = server.newUpload();
                    Peer peer = window(server, name);
                    peer.send(data(1, block(content, 1, BLKSIZE)));
                    peer.send(data(2, block(content, 2, BLKSIZE)));
                    peer.expectAck(2);
                    server.requireStored(name, content);
                }),
                Check.of("46w", "windowsize: only 3 blocks of a window of 4: ACK 3 after a timeout.", server -> {
                    String name = server.newUpload();
                    Peer peer = window(server, name);
                    send(peer, 1, 2, 3);
                    Packet packet = peer.poll(server.timing().retransmission());
                    require(packet != null, "no ACK of an incomplete window");
                    require(packet.is(Datagrams.ack(3)), "expected ACK 3, received " + packet);
                    finish(server, peer, name, LONG, 3, WINDOW);
                }),
                Check.of("48", "windowsize: a window of 4 blocks: ACK 4 and no other.", server -> {
                    String name = server.newUpload();
                    Peer peer = window(server, name);
                    send(peer, 1, 2, 3, 4);
                    peer.expectAck(WINDOW);
                    finish(server, peer, name, LONG, WINDOW, WINDOW);
                }),
                Check.of("66", "The WRQ again after the last ACK: the file stays whole.", server -> {
                    String name = server.newUpload();
                    Peer peer = server.ask(wrq(name));
                    peer.expectAck(0);
                    peer.upload(SHORT, BLKSIZE, 1);
                    server.requireStored(name, SHORT);
                    peer.askAgain(wrq(name));
                    peer.drain(server.timing().grace());
                    server.requireStored(name, SHORT);
                }));
    }

    private static void upload(ServerProbe server, byte[] content) throws IOException {
        String name = server.newUpload();
        Peer peer = server.ask(wrq(name));
        peer.expectAck(0);
        peer.upload(content, BLKSIZE, 1);
        server.requireStored(name, content);
    }

    private static Peer window(ServerProbe server, String name) throws IOException {
        Peer peer = server.ask(wrq(name, "windowsize", "" + WINDOW));
        Map<String, String> granted = peer.granted();
        assume(number(granted, "windowsize") == WINDOW, "the server does not grant windowsize=" + WINDOW);
        return peer;
    }

    private static void send(Peer peer, int... blocks) {
        for (int block : blocks) {
            peer.send(data(block, block(LONG, block, BLKSIZE)));
        }
    }

    private static void finish(ServerProbe server, Peer peer, String name, byte[] content, long done)
            throws IOException {
        finish(server, peer, name, content, done, 1);
    }

    /** Sends the blocks after {@code done}, and verifies what was stored. */
    private static void finish(ServerProbe server, Peer peer, String name, byte[] content, long done, int window)
            throws IOException {
        peer.upload(content, BLKSIZE, window, done);
        server.requireStored(name, content);
    }
}
