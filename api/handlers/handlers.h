#pragma once

#include "api/call.h"

// Every handler of the table of routes, by noun; each noun has its own source file.
namespace tessera::handlers {

#define TESSERA_HANDLER(name) Result<HttpResponse> name(Call& call)

TESSERA_HANDLER(listMeetings);
TESSERA_HANDLER(createMeeting);
TESSERA_HANDLER(getMeeting);
TESSERA_HANDLER(updateMeeting);
TESSERA_HANDLER(deleteMeeting);
TESSERA_HANDLER(startMeeting);
TESSERA_HANDLER(endMeeting);
TESSERA_HANDLER(lockMeeting);
TESSERA_HANDLER(unlockMeeting);
TESSERA_HANDLER(muteAll);

TESSERA_HANDLER(listParticipants);
TESSERA_HANDLER(addParticipant);
TESSERA_HANDLER(getParticipant);
TESSERA_HANDLER(updateParticipant);
TESSERA_HANDLER(removeParticipant);
TESSERA_HANDLER(requestKeyframe);

TESSERA_HANDLER(listSources);
TESSERA_HANDLER(addSource);
TESSERA_HANDLER(getSource);
TESSERA_HANDLER(updateSource);
TESSERA_HANDLER(removeSource);
TESSERA_HANDLER(seekSource);
TESSERA_HANDLER(pauseSource);
TESSERA_HANDLER(resumeSource);

TESSERA_HANDLER(listViews);
TESSERA_HANDLER(addView);
TESSERA_HANDLER(getView);
TESSERA_HANDLER(updateView);
TESSERA_HANDLER(removeView);

TESSERA_HANDLER(snapshotView);
TESSERA_HANDLER(snapshotSource);

TESSERA_HANDLER(listOverlays);
TESSERA_HANDLER(addOverlay);
TESSERA_HANDLER(getOverlay);
TESSERA_HANDLER(updateOverlay);
TESSERA_HANDLER(removeOverlay);

TESSERA_HANDLER(listOutputs);
TESSERA_HANDLER(addOutput);
TESSERA_HANDLER(getOutput);
TESSERA_HANDLER(addCaption);
TESSERA_HANDLER(addChapter);
TESSERA_HANDLER(removeOutput);
TESSERA_HANDLER(pauseOutput);
TESSERA_HANDLER(resumeOutput);

TESSERA_HANDLER(listRecordings);
TESSERA_HANDLER(getRecording);
TESSERA_HANDLER(deleteRecording);
TESSERA_HANDLER(renderRecording);
TESSERA_HANDLER(getRecordingFile);
TESSERA_HANDLER(getHls);

TESSERA_HANDLER(listLayouts);
TESSERA_HANDLER(listOutputKinds);
TESSERA_HANDLER(listSourceKinds);
TESSERA_HANDLER(getCapabilities);

TESSERA_HANDLER(getStats);
TESSERA_HANDLER(mintToken);
TESSERA_HANDLER(listAudit);

TESSERA_HANDLER(listEvents);
TESSERA_HANDLER(listWebhooks);
TESSERA_HANDLER(addWebhook);
TESSERA_HANDLER(getWebhook);
TESSERA_HANDLER(updateWebhook);
TESSERA_HANDLER(removeWebhook);
TESSERA_HANDLER(testWebhook);

TESSERA_HANDLER(openWhip);
TESSERA_HANDLER(openWhep);
TESSERA_HANDLER(trickle);
TESSERA_HANDLER(closeSession);

TESSERA_HANDLER(getHealth);
TESSERA_HANDLER(getReadiness);
TESSERA_HANDLER(getMetrics);
TESSERA_HANDLER(getFile);

#undef TESSERA_HANDLER

}  // namespace tessera::handlers
