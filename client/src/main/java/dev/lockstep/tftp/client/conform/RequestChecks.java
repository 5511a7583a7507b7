package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.CheckEnd.assume;
import static dev.lockstep.tftp.client.conform.CheckEnd.require;
import static dev.lockstep.tftp.client.conform.Datagrams.concat;
import static dev.lockstep.tftp.client.conform.Datagrams.data;
import static dev.lockstep.tftp.client.conform.Datagrams.error;
import static dev.lockstep.tftp.client.conform.Datagrams.header;
import static dev.lockstep.tftp.client.conform.Datagrams.request;
import static dev.lockstep.tftp.client.conform.Datagrams.rrq;
import static dev.lockstep.tftp.client.conform.Datagrams.strings;
import static dev.lockstep.tftp.client.conform.Peer.BLKSIZE;
import static dev.lockstep.tftp.client.conform.ServedFile.LARGE;
import static dev.lockstep.tftp.client.conform.ServedFile.SMALL;
import static dev.lockstep.tftp.client.conform.ServedFile.UMLAUT;
import static dev.lockstep.tftp.codec.TftpOpcode.RRQ;
import static dev.lockstep.tftp.codec.TftpOpcode.WRQ;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lockstep.tftp.client.conform.ServerSession.Placed;
import dev.lockstep.tftp.codec.TftpOpcode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Checks of how a server treats requests that it should refuse, and single packets that could stop it. */
final class RequestChecks {
    private static final int MISSING = 10;
    private static final int NOT_FOUND = 1;
    private static final int LONG_REQUEST = 600;
    private static final int FAR_BLOCK = 500;
    private static final List<String> OUTSIDE = List.of(
            "../../../../../../../../etc/passwd",
            "/../../../../../../../../etc/passwd",
            "./../../../../../../../../etc/passwd",
            "conform-large/../../../../../../../../../etc/passwd",
            "..\\..\\..\\..\\..\\..\\..\\..\\etc\\passwd",
            "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
            "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
            "....//....//....//....//....//....//etc/passwd");

    private RequestChecks() {}

    static List<Check<ServerProbe>> all() {
        List<Check<ServerProbe>> all = new ArrayList<>(refused());
        all.addAll(alone());
        return all;
    }

    private static List<Check<ServerProbe>> refused() {
        return List.of(
                Check.of("52", "RRQ and WRQ with an empty file name: ERROR.", server -> {
                    server.ask(rrq("")).expectError();
                    server.ask(request(WRQ, "", "octet")).expectError();
                }),
                Check.of(
                        "53", "RRQ without a mode: not served; an option without a value: as if not asked.", server -> {
                            Placed file = server.file(LARGE);
                            Packet reply = server.ask(concat(header(RRQ), strings(file.name())))
                                    .poll(server.timing().grace());
                            require(reply == null || reply.opcode() == TftpOpcode.ERROR, "no mode: received " + reply);
                            Packet first = server.ask(concat(rrq(file.name()), strings("blksize")))
                                    .next();
                            require(first.opcode() == TftpOpcode.DATA, "option without a value: received " + first);
                        }),
                Check.of("54", "RRQ of more than 512 bytes: ERROR.", server -> {
                    byte[] request =
                            rrq(server.file(LARGE).name(), "x-conform", "1".repeat(LONG_REQUEST - BLKSIZE / 2));
                    server.ask(concat(request, strings("x-more", "1".repeat(LONG_REQUEST - request.length))))
                            .expectError();
                }),
                Check.of("55", "Modes \"mail\" and \"conform\": ERROR.", server -> {
                    for (String mode : List.of("mail", "conform")) {
                        server.ask(request(RRQ, server.file(LARGE).name(), mode))
                                .expectError();
                    }
                }),
                Check.of("56", "A file whose name is not ASCII: served.", server -> {
                    Placed file = server.file(UMLAUT);
                    byte[] content = server.read(UMLAUT).download(BLKSIZE, 1);
                    require(Arrays.equals(content, file.content()), "other content");
                }),
                Check.of("57", "Names that lead to /etc/passwd: none is served.", server -> {
                    for (String name : OUTSIDE) {
                        Packet reply =
                                server.ask(rrq(name)).poll(server.timing().grace());
                        require(reply == null || reply.opcode() == TftpOpcode.ERROR, name + ": received " + reply);
                    }
                }),
                Check.of("59", "A folder: ERROR.", server -> {
                    String folder = server.folderIfKnown().isPresent() ? "conform-folder" : ".";
                    if (server.folderIfKnown().isPresent()) {
                        server.folder().makeFolder(folder);
                    }
                    try {
                        server.ask(rrq(folder)).expectError();
                    } finally {
                        if (server.folderIfKnown().isPresent()) {
                            server.folder().delete(folder);
                        }
                    }
                }),
                Check.of("F6", "Ten missing names: ERROR 1 each; a name with a leading slash: as without.", server -> {
                    for (int number = 0; number < MISSING; number++) {
                        Packet reply = server.ask(rrq("conform-missing-" + number, "blksize", "1432", "tsize", "0"))
                                .expectError();
                        require(reply.number() == NOT_FOUND, "received " + reply + " (expected: ERROR 1)");
                    }
                    Placed file = server.file(LARGE);
                    if (!file.name().startsWith("/")) {
                        server.ask(rrq("/" + file.name())).data(1);
                    }
                }));
    }

    private static List<Check<ServerProbe>> alone() {
        return List.of(
                Check.alone("P1", "RRQ with blksize=abc: served or refused, and the server goes on.", server -> {
                    server.read(LARGE, "blksize", "abc").next();
                    server.requireAlive("blksize=abc");
                }),
                Check.alone("P2", "A datagram of one byte: the server goes on.", server -> {
                    server.sendToListener(server.peer(), new byte[1]);
                    server.requireAlive("a datagram of one byte");
                }),
                Check.alone("P3", "Requests that are cut off, an unknown opcode: the server goes on.", server -> {
                    Peer peer = server.peer();
                    server.sendToListener(peer, concat(header(RRQ), "conform".getBytes(US_ASCII)));
                    server.sendToListener(peer, concat(header(RRQ), strings("conform-missing")));
                    server.sendToListener(peer, concat(rrq("conform-missing"), strings("blksize")));
                    server.sendToListener(peer, concat(header(9), strings("conform", "octet")));
                    peer.drain(server.timing().grace());
                    server.requireAlive("requests that are cut off");
                }),
                Check.alone("P4", "A named pipe: the server goes on.", server -> {
                    ServerFolder folder = server.folder();
                    String name = "conform-pipe";
                    assume(folder.makePipe(name), "the system has no named pipes");
                    try {
                        server.ask(rrq(name)).poll(server.timing().grace());
                        server.requireAlive("RRQ of a named pipe");
                    } finally {
                        folder.releasePipe(name);
                        folder.delete(name);
                    }
                }),
                Check.alone("P5", "A name that is not valid UTF-8: the server goes on.", server -> {
                    server.ask(concat(header(RRQ), new byte[] {'c', (byte) 0xC3, (byte) 0xFF, 0}, strings("octet")))
                            .poll(server.timing().grace());
                    server.requireAlive("a name that is not valid UTF-8");
                }),
                Check.alone("P6", "ERROR to the listening port: no ERROR in reply, and the server goes on.", server -> {
                    Peer peer = server.peer();
                    server.sendToListener(peer, error(0, "stray"));
                    List<Packet> replies = peer.drain(server.timing().grace());
                    require(replies.isEmpty(), "received " + replies);
                    server.requireAlive("ERROR to the listening port");
                }),
                Check.alone("P7", "ACK 500 for block 1: the transfer and the server go on.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    peer.ack(FAR_BLOCK);
                    peer.drain(server.timing().grace());
                    peer.ack(1);
                    Packet reply = peer.poll(server.timing().replyTimeout());
                    require(reply != null, "the transfer has stopped: no reply to ACK 1");
                    server.requireAlive("ACK " + FAR_BLOCK);
                }),
                Check.alone("P8", "OACK answered by ACK 1: the server goes on.", server -> {
                    Peer peer = server.read(LARGE, "blksize", "1024", "tsize", "0");
                    assume(!peer.granted().isEmpty(), "the server grants no options");
                    peer.ack(1);
                    peer.drain(server.timing().grace());
                    server.requireAlive("ACK 1 instead of ACK 0");
                }),
                Check.alone("P9", "DATA to a server that sends a file: no DATA 2 for it.", server -> {
                    Peer peer = server.read(LARGE);
                    peer.data(1);
                    peer.send(data(1, new byte[BLKSIZE]));
                    peer.quiet("DATA 1 in a download");
                    server.requireAlive("DATA in a download");
                }),
                Check.alone("P10", "ERROR 0 after DATA 1, then another file: its content is right.", server -> {
                    Placed small = server.file(SMALL);
                    Peer aborted = server.read(LARGE);
                    aborted.data(1);
                    aborted.send(error(0, "stopped"));
                    byte[] content = server.read(SMALL).download(BLKSIZE, 1);
                    require(Arrays.equals(content, small.content()), "wrong content of the next file");
                }),
                Check.alone("P11", "WRQ with an empty file name: the server goes on.", server -> {
                    server.ask(request(WRQ, "", "octet")).poll(server.timing().grace());
                    server.requireAlive("WRQ with an empty file name");
                }));
    }
}
