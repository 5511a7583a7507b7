package dev.lockstep.tftp.internal.http;

import dev.lockstep.tftp.concurrent.EventLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Handles one connection: one request after the other, each within a deadline. The next request is not read before the
 * reply to the last one is sent. A total timeout applies to each: a client that sends or receives one byte per second
 * would never reach an idle timeout.
 */
@EventLoop
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
    /** Limit of the bytes of all headers of a request. */
    static final int MAX_HEADERS = 8 * 1024;

    /** Limit of the characters of the request line, whose query may have a file name. */
    static final int MAX_LINE = 8 * 1024;

    /** The time for a new connection to send a request. */
    static final int REQUEST_SECONDS = 10;

    /** The time for a reply to be made and received. */
    static final int REPLY_SECONDS = 30;

    /** The time until the next request of a connection is complete. Longer than the usual period of a scrape. */
    static final int KEEP_ALIVE_SECONDS = 75;

    /** The headers of each reply. Pages use only what this port serves, and no page may frame them. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private final HttpPort port;
    private HttpRequest request;
    private boolean answering;
    private boolean streaming;
    private Future<?> deadline;

    private HttpConnection(HttpPort port) {
        this.port = port;
    }

    static void addTo(ChannelPipeline pipeline, HttpPort port) {
        HttpDecoderConfig config =
                new HttpDecoderConfig().setMaxInitialLineLength(MAX_LINE).setMaxHeaderSize(MAX_HEADERS);
        // one message for each read, so that a client that sends many requests at once gets one reply after the other
        pipeline.addLast(new HttpServerCodec(config), new FlowControlHandler(), new HttpConnection(port));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        restartDeadline(ctx, REQUEST_SECONDS);
        ctx.read();
    }

    private void restartDeadline(ChannelHandlerContext ctx, int seconds) {
        stopDeadline();
        deadline = ctx.executor().schedule(() -> ctx.close(), seconds, TimeUnit.SECONDS);
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (streaming) {
            ctx.read(); // a viewer has nothing to send, but the end of its connection must be noticed
            return;
        }
        if (message instanceof HttpRequest head) {
            request = head;
        }
        if (message.decoderResult().isFailure()) {
            refuse(ctx, malformed(message.decoderResult().cause()));
        } else if (message instanceof HttpContent content && content.content().isReadable()) {
            refuse(ctx, HttpReply.error(413, "request body not allowed"));
        } else if (message instanceof LastHttpContent) {
            beginReply(ctx);
            answer(ctx, request);
        } else {
            ctx.read();
        }
    }

    /** Reads on if what has been received is not a whole message. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!answering) {
            ctx.read();
        }
    }

    private static HttpReply malformed(Throwable cause) {
        if (cause instanceof TooLongHttpHeaderException) {
            return HttpReply.error(431, "headers too long (expected: up to " + MAX_HEADERS + " bytes)");
        }
        if (cause instanceof TooLongHttpLineException) {
            return HttpReply.error(414, "request line too long (expected: up to " + MAX_LINE + " bytes)");
        }
        return HttpReply.error(400, "malformed request");
    }

    /** Replies to a request that is not complete, and closes the connection. */
    private void refuse(ChannelHandlerContext ctx, HttpReply reply) {
        beginReply(ctx);
        ctx.writeAndFlush(response(reply)).addListener(ChannelFutureListener.CLOSE);
    }

    private void beginReply(ChannelHandlerContext ctx) {
        answering = true;
        restartDeadline(ctx, REPLY_SECONDS);
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest head) {
        HttpReply refusal =
                port.access().refusal(head, ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress());
        if (refusal != null) {
            reply(ctx, head, refusal);
            return;
        }
        HttpQuery query;
        try {
            query = new HttpQuery(head.uri(), head.headers());
        } catch (IllegalArgumentException e) {
            reply(ctx, head, HttpReply.error(400, "malformed path or query"));
            return;
        }
        EventStream stream = port.stream(query.path());
        if (stream != null) {
            view(ctx, head, stream);
            return;
        }
        port.answer(query).whenComplete((reply, failure) -> {
            if (ctx.executor().inEventLoop()) {
                complete(ctx, head, reply, failure);
            } else {
                ctx.executor().execute(() -> complete(ctx, head, reply, failure));
            }
        });
    }

    private void complete(ChannelHandlerContext ctx, HttpRequest head, HttpReply reply, Throwable failure) {
        if (failure != null) {
            port.report(failure);
            reply(ctx, head, HttpReply.error(500, "internal error"));
            return;
        }
        String etag = reply.headers().get(HttpReply.ETAG);
        if (etag != null && head.headers().containsValue(HttpHeaderNames.IF_NONE_MATCH, etag, false)) {
            reply(ctx, head, new HttpReply(304, reply.contentType(), new byte[0], reply.headers()));
        } else {
            reply(ctx, head, reply);
        }
    }

    private void reply(ChannelHandlerContext ctx, HttpRequest head, HttpReply reply) {
        boolean keepAlive = HttpUtil.isKeepAlive(head);
        HttpResponse response = response(reply);
        HttpUtil.setKeepAlive(response.headers(), head.protocolVersion(), keepAlive);
        ctx.writeAndFlush(response).addListener(sent -> {
            if (keepAlive && sent.isSuccess()) {
                answering = false;
                restartDeadline(ctx, KEEP_ALIVE_SECONDS);
                ctx.read();
            } else {
                ctx.close();
            }
        });
    }

    private static HttpResponse response(HttpReply reply) {
        HttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), Unpooled.wrappedBuffer(reply.body()));
        if (reply.status() != 304) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length);
        }
        setHeaders(response.headers(), reply.contentType(), reply.headers());
        return response;
    }

    private static void setHeaders(HttpHeaders headers, String contentType, Map<String, String> further) {
        HEADERS.forEach(headers::set);
        headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
        further.forEach(headers::set);
    }

    /** Begins to send events, until the client or the port closes the connection. */
    private void view(ChannelHandlerContext ctx, HttpRequest head, EventStream stream) {
        if (stream.isFull()) {
            HttpReply full = HttpReply.error(503, "too many viewers (limit: " + EventStream.MAX_VIEWERS + ")");
            reply(ctx, head, full.with("Retry-After", "5"));
            return;
        }
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        // a proxy must not collect events
        setHeaders(response.headers(), "text/event-stream; charset=utf-8", Map.of("X-Accel-Buffering", "no"));
        if (head.method().equals(HttpMethod.HEAD)) {
            ctx.write(response);
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        boolean chunked = head.protocolVersion().equals(HttpVersion.HTTP_1_1);
        HttpUtil.setTransferEncodingChunked(response, chunked); // otherwise the end of the connection ends the body
        streaming = true;
        answering = false;
        stopDeadline();
        port.streaming(ctx.channel());
        ctx.write(response);
        stream.add(ctx.channel());
        ctx.read();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopDeadline();
    }

    /** Closes the connection, such as after a reset. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
