// A far end for one page: it answers offers, and sends a picture of one colour on any line on which the page wants to be sent one. A page that comes back begins
// another call, by another token, while the one before is perhaps not over.
() => {
  const calls = new Map();
  const canvases = new Map();

  function canvas(mid) {
    if (!canvases.has(mid)) {
      const made = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
      document.body.append(made);
      const drawing = { made, colour: 'black', count: 0 };
      // A canvas that is drawn on again and again has frames to send.
      setInterval(() => {
        const paper = made.getContext('2d');
        paper.fillStyle = drawing.colour;
        paper.fillRect(0, 0, 640, 360);
        paper.fillStyle = '#0003';
        paper.fillRect((drawing.count++ * 4) % 640, 0, 60, 360);
      }, 100);
      canvases.set(mid, drawing);
    }
    return canvases.get(mid);
  }

  const wanted = (token, kind) =>
    (calls.get(token)?.getTransceivers() ?? []).filter(t => t.currentDirection === 'sendonly' && t.receiver.track.kind === kind);

  globalThis.farEnd = {
    /** Null for a call that there is not, or is not any more. */
    async answer(token, offer, isFirst) {
      if (isFirst)
        calls.set(token, new RTCPeerConnection());
      const connection = calls.get(token);
      if (!connection)
        return null;
      await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      for (const transceiver of connection.getTransceivers()) {
        const isWanted = offer.split(/^m=/m).find(part => part.includes(`a=mid:${transceiver.mid}\r`))?.includes('a=recvonly');
        transceiver.direction = isWanted ? 'sendonly' : 'recvonly';
        if (isWanted && transceiver.receiver.track.kind === 'video' && !transceiver.sender.track)
          await transceiver.sender.replaceTrack(canvas(transceiver.mid).made.captureStream(10).getVideoTracks()[0]);
      }
      await connection.setLocalDescription();
      while (connection.iceGatheringState !== 'complete')
        await new Promise(resolve => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
      return connection.localDescription.sdp;
    },

    hangUp(token) {
      calls.get(token)?.close();
      calls.delete(token);
    },

    /** How many pairs can be shown something on. */
    pairs: token => Math.min(wanted(token, 'audio').length, wanted(token, 'video').length),

    /** [audio mid, video mid] of the n-th pair. */
    show(token, pair, colour) {
      const [audio, video] = ['audio', 'video'].map(kind => wanted(token, kind)[pair].mid);
      canvas(video).colour = colour;
      return [audio, video];
    },

    async pictures(token) {
      // Before an offer has come there are none.
      const reports = [...(await calls.get(token)?.getStats() ?? new Map()).values()];
      return reports.filter(r => r.type === 'inbound-rtp' && r.kind === 'video' && r.framesDecoded > 0).length;
    },
  };
}
